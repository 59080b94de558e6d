import BrokerDouble
import Document
import Testing

extension RealPods {
    /// A ConfigMap is edited, and brokers change.
    @Suite("Live configuration")
    struct LiveConfigurationTests {
        @Test(
            "an edit is on every broker within five seconds, and without the operator on every broker that restarts"
        )
        func edited() async throws {
            let shape = PodSet.Shape(replicas: 2, annotations: ["vmq.k8s.vernemq.com/config: settings"])
            try await PodSet.with("live", shape) { set in
                try await set.settles(2)
                try await NamespaceOperator.permit(set, mayExec: false)
                let first = try await NamespaceOperator.start(set, name: "first")
                try await finally {
                    try await bePermitted(set)
                } do: {
                    try await first.stop()
                }
                try await startWithoutOperator(set)
                try await catchUp(set)
                try await set.settles(2)
            }
        }

        @Test("the status of a resource tells which configuration each broker runs, and what waits for a restart")
        func resource() async throws {
            try await PodSet.with("resource", PodSet.Shape(replicas: 2)) { set in
                try await set.settles(2)
                try await NamespaceOperator.permit(set, mayExec: true)
                let controllers = try await NamespaceOperator.start(set, name: "only")
                try await finally {
                    try await tellsHowItStands(set)
                } do: {
                    try await controllers.stop()
                }
            }
        }

        private func tellsHowItStands(_ set: PodSet) async throws {
            try await apply([#"config: {configs: [{name: max_inflight_messages, value: "30"}]}"#], set)
            let first = try await status(set, applied: "True", restart: "False")
            let before = try await standing(set)
            try await apply(
                [#"config: {configs: [{name: max_inflight_messages, value: "40"}]}"#, "vmqConfig: log.console = both"],
                set
            )
            try await eventually("the edit is on every broker", within: .seconds(5)) {
                running("max_inflight_messages", set) == ["40", "40"] ? true : nil
            }
            let second = try await status(set, applied: "True", restart: "True")
            try #require(digests(first).count == 1 && digests(second).count == 1, "\(first) \(second)")
            try #require(digests(first) != digests(second))
            let brokers = second["brokers"]?.arrayValue ?? []
            try #require(brokers.count == 2 && brokers.allSatisfy { $0["restartRequired"] == ["log.console"] })
            try #require(try await standing(set) == before, "a pod or the template has changed")
        }

        private func digests(_ status: JSONValue) -> Set<String> {
            Set((status["brokers"]?.arrayValue ?? []).map { $0["configurationDigest"]?.stringValue ?? "" })
        }

        /// The status once its conditions are about the newest generation, and so.
        private func status(_ set: PodSet, applied: String, restart: String) async throws -> JSONValue {
            var last: JSONValue = .null
            do {
                return try await eventually("the status says so", within: .seconds(60)) { () -> JSONValue? in
                    let resource = try await set.kubectl.object("vernemq", "k8s")
                    last = resource["status"] ?? .null
                    let conditions = last["conditions"]?.arrayValue ?? []
                    let isSo = [("ConfigurationApplied", applied), ("RestartRequired", restart)].allSatisfy {
                        type,
                        value in
                        let condition = conditions.first { $0["type"]?.stringValue == type }
                        return condition?["status"]?.stringValue == value
                            && condition?["observedGeneration"] == resource["metadata"]?["generation"]
                    }
                    guard isSo else { return nil }
                    return last
                }
            } catch {
                throw NeverHappened(description: "\(error): \(last)")
            }
        }

        private func apply(_ lines: [String], _ set: PodSet) async throws {
            let head = [
                "apiVersion: vmq.k8s.vernemq.com/v1alpha1", "kind: VerneMQ", "metadata: {name: k8s}", "spec:",
                "  version: 2.0.1", "  statefulSetRef: {name: mqtt}",
            ]
            let manifest = (head + lines.map { "  " + $0 }).joined(separator: "\n") + "\n"
            try await set.kubectl("apply", "-f", "-", input: manifest)
        }

        /// Without the right to run commands the settings are there for the next start, and it is said why they are not
        /// live; with it they are.
        private func bePermitted(_ set: PodSet) async throws {
            try await write(["max_inflight_messages = 30"], set)
            try await eventually("what is missing is told") {
                let events = try await set.kubectl("get", "events", "-o", "jsonpath={.items[*].reason}")
                return events.contains("ExecNotPermitted") ? true : nil
            }
            try #require(running("max_inflight_messages", set) == ["20", "20"])
            let secret = try await set.kubectl("get", "secret", "mqtt-vernemq-boot", "-o", "jsonpath={.data}")
            try #require(try JSONValue(parsing: secret)["DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES"] == "MzA=")

            try await NamespaceOperator.permit(set, mayExec: true)
            try await eventually("what was refused is tried again", within: .seconds(60)) {
                running("max_inflight_messages", set) == ["30", "30"] ? true : nil
            }
            let before = try await standing(set)
            try await write(["max_inflight_messages = 50", "listener.tcp.more = 0.0.0.0:1884"], set)
            try await eventually("the edit is on every broker", within: .seconds(5)) {
                running("max_inflight_messages", set) == ["50", "50"] && listening(1884, set) == 2 ? true : nil
            }
            let typo = try await set.kubectl.refusal("apply", "-f", "-", input: configMap(["max_inflght_messages = 1"]))
            try #require(typo.contains("max_inflight_messages"), "a suggestion: \(typo)")

            try await write(["max_inflight_messages = 50"], set)
            try await eventually("a listener that is not wanted any more is gone", within: .seconds(5)) {
                listening(1884, set) == 0 ? true : nil
            }
            try await write(["retry_interval = 9"], set)
            try await eventually("what is not written any more is as by default", within: .seconds(5)) {
                running("max_inflight_messages", set) == ["20", "20"] && running("retry_interval", set) == ["9", "9"]
                    ? true : nil
            }
            try #require(try await standing(set) == before, "a pod or the template has changed")
        }

        /// One pod is replaced and the container of the other restarts in place.
        private func startWithoutOperator(_ set: PodSet) async throws {
            let numbers = try await started(set)
            try await set.kubectl("delete", "pod", "mqtt-1", "--wait=false")
            try await eventually("there is another pod mqtt-1") {
                let now = try await started(set)
                return now.count == 2 && now[1] != numbers[1] ? true : nil
            }
            try await set.settles(2)
            try await set.kubectl("exec", "mqtt-0", "-c", "vernemq", "--", "sh", "-c", "kill -TERM 1")
            try await eventually("the container of mqtt-0 has restarted") {
                let now = try await started(set)
                return now.count == 2 && now[0] != numbers[0] ? true : nil
            }
            try await set.settles(2)
            try #require(running("retry_interval", set) == ["9", "9"])
        }

        /// What was edited while no operator was there, or changed by hand, is put right by the next one.
        private func catchUp(_ set: PodSet) async throws {
            try await write(["retry_interval = 11"], set)
            try await putsRight(set, by: "second")
            _ = set.world { world in
                for address in world.brokers.keys { world.drift("retry_interval", "1", at: address) }
            }
            try #require(running("retry_interval", set) == ["1", "1"])
            try await putsRight(set, by: "third")
        }

        private func putsRight(_ set: PodSet, by name: String) async throws {
            let controllers = try await NamespaceOperator.start(set, name: name)
            try await finally {
                try await eventually("the \(name) operator puts it right", within: .seconds(30)) { () -> Bool? in
                    running("retry_interval", set) == ["11", "11"] ? true : nil
                }
            } do: {
                try await controllers.stop()
            }
        }

        // MARK: -

        private func configMap(_ lines: [String]) -> String {
            let document: JSONValue = [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": "settings", "labels": ["vmq.k8s.vernemq.com/config": "vernemq"]],
                "data": ["vernemq.conf": .string(lines.joined(separator: "\n") + "\n")],
            ]
            return document.serializedString()
        }

        private func write(_ lines: [String], _ set: PodSet) async throws {
            try await set.kubectl("apply", "-f", "-", input: configMap(lines))
        }

        /// What the brokers run with for a key.
        private func running(_ key: String, _ set: PodSet) -> [String] {
            set.world { world in world.brokers.values.compactMap { $0.configuration.values[key] } } ?? []
        }

        /// How many brokers listen on a port.
        private func listening(_ port: Int, _ set: PodSet) -> Int {
            set.world { world in
                world.brokers.values.count { $0.configuration.listeners.contains { $0.port == String(port) } }
            } ?? -1
        }

        /// What must not change: the template, its revisions, the containers.
        private func standing(_ set: PodSet) async throws -> [String] {
            [try await set.kubectl.template(of: "mqtt")] + (try await set.kubectl.revisions(of: "mqtt"))
                + (try await started(set))
        }

        /// The containers of the brokers, by the names that the container runtime has for them.
        private func started(_ set: PodSet) async throws -> [String] {
            var names: [String] = []
            for ordinal in 0..<2 {
                let status = set.container("vernemq", of: try await set.pod(ordinal))
                if let name = status?["containerID"]?.stringValue { names.append(name) }
            }
            return names
        }
    }
}
