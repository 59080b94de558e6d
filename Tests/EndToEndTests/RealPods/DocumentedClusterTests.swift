import BrokerDouble
import Document
import Testing

extension RealPods {
    /// What the pages about clusters that run tell people to type, typed.
    @Suite("The documentation's commands for clusters that run")
    struct DocumentedClusterTests {
        @Test("every command about scaling, status, trouble and configuration does what its page says")
        func commands() async throws {
            var shape = PodSet.Shape(replicas: 3, most: 4)
            shape.namespace = "demo"
            try await PodSet.with("demo", shape) { set in
                try await set.settles(3)
                // The first page grants the rest.
                try await NamespaceOperator.permit(set, mayExec: false)
                let controllers = try await NamespaceOperator.start(set, name: "only")
                try await finally {
                    try await follow(set)
                } do: {
                    try await controllers.stop()
                }
            }
        }

        private func follow(_ set: PodSet) async throws {
            let shell = try await DocumentationShell(set.node.bed.plane, in: set.kubectl)
            defer { shell.remove() }
            for page in DocumentedJourney.running.pages {
                shell.turnThePage()
                for block in try page.blocks {
                    try await shell.run(block, of: page.path)
                    try await comeToRest(set, shell)
                }
                if page.path == "docs/membership.md" { try await bindHere(set) }
            }
            let settings = set.world {
                $0.brokers.values.map { $0.configuration.values["max_inflight_messages"] ?? "" }
            }
            try #require(settings == ["50", "50", "50"], "the last page's edit is on every broker: \(settings ?? [])")
        }

        /// The page binds its Role to the account that the operator has by default; here it has one in the same namespace.
        private func bindHere(_ set: PodSet) async throws {
            let account = "--serviceaccount=\(set.namespace):vernemq-operator"
            try await set.kubectl("create", "rolebinding", "here", "--role=vernemq-operator-exec", account)
        }

        /// A reader waits until all is well before the next command: so must it become.
        private func comeToRest(_ set: PodSet, _ shell: DocumentationShell) async throws {
            let wanted = try await set.kubectl.statefulSet("mqtt")["spec"]?["replicas"]?.integerValue ?? 0
            try await set.settles(Int(clamping: wanted))
            var last = ""
            do {
                try await eventually("the status has nothing to say", within: .seconds(180)) {
                    let output = try await shell.run("vernemq-operator status -n demo")
                    last = output.standardOutput + output.standardError
                    return output.status == 0 ? true : nil
                }
            } catch {
                throw NeverHappened(description: "\(error)\n\(last)")
            }
        }
    }
}
