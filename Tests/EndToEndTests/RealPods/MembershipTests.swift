import BrokerDouble
import Document
import Foundation
import Testing

extension RealPods {
    /// Joining, leaving and coming back.
    @Suite("Membership")
    struct MembershipTests {
        @Test(
            "three pods start in parallel and form one cluster; scaled 3, 2, 3, one leaves, starts afresh and rejoins"
        )
        func scaling() async throws {
            try await PodSet.with("scaling") { set in
                try await set.settles(3)
                let clients = (0..<3).flatMap { set.store(20, on: $0) }

                try await set.scale(to: 2)
                try await set.settles(2)
                try #require(set.left == ["mqtt-2"])
                try set.keeps(clients)

                try await set.scale(to: 3)
                try await set.settles(3)
                let aside = try set.aside(2)
                try #require(aside.count == 1 && aside[0].contains("-left"), "moved aside: \(aside)")
                try set.keeps(clients)
            }
        }

        @Test("scaled to zero and back, and restarted by a rollout, nobody on volumes leaves and nothing is lost")
        func shutdownAndRollout() async throws {
            try await PodSet.with("volumes") { set in
                try await set.settles(3)
                let clients = (0..<3).flatMap { set.store(20, on: $0) }

                try await set.scale(to: 0)
                try await set.settles(0)
                try await set.scale(to: 3)
                try await set.settles(3)
                try set.keeps(clients)

                try await set.kubectl("rollout", "restart", "statefulset", "mqtt")
                try await set.rolledOut()
                try await set.settles(3)
                try set.keeps(clients)
                try #require(set.left.isEmpty)
                for ordinal in 0..<3 { try #require(try set.aside(ordinal).isEmpty) }
            }
        }

        @Test("a rollout on emptyDir moves every queue and brings everyone back")
        func ephemeralRollout() async throws {
            try await PodSet.with("ephemeral", PodSet.Shape(storage: .ephemeral)) { set in
                try await set.settles(3)
                let clients = (0..<3).flatMap { set.store(20, on: $0) }
                try await set.kubectl("rollout", "restart", "statefulset", "mqtt")
                try await set.rolledOut()
                try await set.settles(3)
                try #require(set.left == ["mqtt-2", "mqtt-1", "mqtt-0"])
                try set.keeps(clients)
            }
        }

        @Test(
            "a member whose node was lost and that was scaled away is removed by the operator, and nobody else is touched"
        )
        func ghost() async throws {
            try await PodSet.with("ghost", PodSet.Shape(storage: .ephemeral)) { set in
                try await set.settles(3)
                let clients = (0..<2).flatMap { set.store(20, on: $0) }
                try await NamespaceOperator.permit(set, mayExec: true)
                let controllers = try await NamespaceOperator.start(set, name: "only")
                try await finally {
                    let lost = set.world { world in
                        let lost = world.kubernetes.node(2)
                        for other in 0..<2 { world.severed.insert([lost, world.kubernetes.node(other)]) }
                        return lost
                    }
                    try await set.scale(to: 2)
                    try await set.kubectl("delete", "pod", "mqtt-2", "--force", "--grace-period=0")
                    try await eventually("the pod is gone and its member is not", within: .seconds(60)) { () -> Bool? in
                        let stands = set.world { world -> Bool in
                            let members = world.broker(named: world.kubernetes.node(0))?.membership.members ?? []
                            return world.kubernetes.pods.count == 2 && members.contains(lost ?? "")
                        }
                        return stands == true ? true : nil
                    }
                    try await set.settles(2, within: .seconds(300))
                    try set.keeps(clients)
                    try await eventually("it is told", within: .seconds(60)) {
                        let events = try await set.kubectl("get", "events", "-o", "jsonpath={.items[*].reason}")
                        return events.contains("MemberRemoved") ? true : nil
                    }
                } do: {
                    try await controllers.stop()
                }
            }
        }

        @Test("a pod deleted by force comes back into its cluster", arguments: [StorageKind.persistent, .ephemeral])
        func forced(storage: StorageKind) async throws {
            try await PodSet.with("forced-\(storage.rawValue)", PodSet.Shape(replicas: 2, storage: storage)) { set in
                try await set.settles(2)
                let before = try await set.pod(1)?["metadata"]?["uid"]
                try await set.kubectl("delete", "pod", "mqtt-1", "--force", "--grace-period=0")
                try await eventually("there is another pod mqtt-1") {
                    let uid = try await set.pod(1)?["metadata"]?["uid"]
                    return uid != nil && uid != before ? true : nil
                }
                try await set.settles(2)
            }
        }
    }
}

extension PodSet {
    /// Waits for the end of a rolling update.
    func rolledOut() async throws {
        try await eventually("the rollout is complete", within: .seconds(400)) {
            let status = try await kubectl.statefulSet("mqtt")["status"]
            let isOver =
                status?["updatedReplicas"] == status?["replicas"] && status?["readyReplicas"] == status?["replicas"]
                && status?["currentRevision"] == status?["updateRevision"]
            return isOver ? true : nil
        }
    }
}
