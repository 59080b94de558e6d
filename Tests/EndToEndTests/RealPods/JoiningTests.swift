import Document
import Foundation
import Testing

extension RealPods {
    /// A pod whose broker has not joined yet.
    @Suite("While it joins")
    struct JoiningTests {
        @Test("a pod waits for its turn and says so, its sidecar runs meanwhile, and it can be deleted at once")
        func waiting() async throws {
            let shape = PodSet.Shape(replicas: 2, volumes: 1..<2, hasSidecar: true)
            try await PodSet.with("joining", shape) { set in
                // mqtt-0 has no volume, so mqtt-1 waits for it.
                let reason = "mqtt-0 is not running yet and comes first"
                try await eventually("mqtt-1 waits, and says why") {
                    let events = try await set.kubectl("get", "events", "-o", "json")
                    return events.contains("Startup probe failed: \(reason)") ? true : nil
                }
                // kubelet reports the containers' states a moment after they have changed.
                let pod = try await eventually("its sidecar runs, and its broker is not started") {
                    let pod = try await set.pod(1)
                    let broker = set.container("vernemq", of: pod)
                    let isRunning = { (status: JSONValue?) in status?["state"]?["running"] != nil }
                    return isRunning(broker) && broker?["started"] == false
                        && isRunning(set.container("sidecar", of: pod))
                        ? pod : nil
                }
                try #require(try await set.log(1).contains("vernemq-operator join: \(reason)"))

                // The grace of the pod is eleven minutes, the time for joining five; neither is waited for.
                let uid = pod["metadata"]?["uid"]
                try await set.kubectl("delete", "pod", "mqtt-1", "--wait=false")
                try await eventually("the pod is gone", within: .seconds(90)) {
                    try await set.pod(1)?["metadata"]?["uid"] == uid ? nil : true
                }

                try await set.provideVolumes(0..<1)
                try await set.settles(2)
                try #require(set.left.isEmpty)
            }
        }
    }
}
