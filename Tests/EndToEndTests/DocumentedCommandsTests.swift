import Document
import Foundation
import Testing

extension EndToEnd {
    /// What the pages about installing tell people to type, typed. One after the other: the releases have the name that the
    /// pages give them.
    @Suite("The documentation's commands", .serialized)
    struct DocumentedCommandsTests {
        @Test(
            "every command about a release does what the page says, and ends with labelled StatefulSets that are injected"
        )
        func releases() async throws {
            let bed = try TestBed.current
            let values = try bed.values(calling: bed.operatorProcess.url, namespaces: .marked("documentation"))
            for journey in DocumentedJourney.releases {
                let kubectl = try await bed.namespace("documentation", servedAs: .marked("documentation"))
                let shell = try await DocumentationShell(bed.plane, in: kubectl, values: values)
                defer { shell.remove() }
                try await provide(for: journey, in: shell)
                try await follow(journey, in: shell)
                #expect(Injected.faults(in: try await kubectl.statefulSet(journey.result)) == [])
                // The last page of a journey may have removed it already.
                _ = try await shell.run("helm uninstall vernemq-operator --namespace vernemq-operator")
                #expect(try await bed.clusterObjects(ofRelease: "vernemq-operator") == [])
            }
        }

        @Test(
            "the README leads from a clone to a labelled StatefulSet on a real API server, with Helm",
            .needsControllerManager
        )
        func trial() async throws {
            let shell = try DocumentationShell()
            defer { shell.remove() }
            let page = try #require(DocumentedJourney.trial.pages.first)
            let blocks = try page.blocks
            try #require(blocks.count == 2)
            try shell.write("probe.yaml", Manifest.statefulSet("probe", labelled: true))
            let stop = { _ = try await shell.run("set +e\n" + blocks[1].script) }
            try await finally {
                // A person needs longer for the next command than the API server for the webhooks.
                let commands = Self.commands(of: blocks[0].script)
                #expect(commands.count == 5, "five commands are promised")
                let script = commands.map { $0.hasPrefix("helm install") ? $0 + "\n" + DocumentationShell.waiting : $0 }
                let question = "kubectl get --raw /apis/apps/v1/namespaces/default/statefulsets/mqtt"
                let output = try await shell.run(script.joined(separator: "\n") + "\necho\necho ANSWER\n" + question)
                try #require(output.status == 0, "\(output.standardError)\(output.standardOutput)")
                let answer = try #require(output.standardOutput.components(separatedBy: "ANSWER\n").last)
                #expect(Injected.faults(in: try JSONValue(parsing: answer)) == [])
            } do: {
                try await stop()
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: shell.directory.path)
            #expect(!left.contains(".playground"), "the playground is not taken away")
        }

        @Test("every command about certificates does what the page says, with the certificates that the operator makes")
        func certificates() async throws {
            let bed = try TestBed.current
            let name = "vernemq-operator"
            // The page's; an earlier release may have made it.
            _ = try await bed.plane.kubectl.run(["create", "namespace", name])
            var space = bed.plane.kubectl
            space.namespace = name
            let helm = bed.helm(in: space)
            let values: JSONValue = [
                "webhook": ["namespaceSelector": ["matchLabels": ["e2e-operator": "nobody"]]],
                "controllers": ["enabled": false],
            ]
            try await helm.install(name, Repository.chart, values: values)
            let installed = try await InstalledOperator(name, account: name, in: space, bed)
            try await finally {
                try await installed.awaitReadiness()
                let shell = try await DocumentationShell(bed.plane, in: space)
                defer { shell.remove() }
                try await follow(DocumentedJourney.certificates, in: shell) {
                    let secret = ["get", "secret", name + "-webhook-tls"]
                    try await eventually("the operator has put the Secret back") {
                        try await space.run(secret).status == 0 ? true : nil
                    }
                }
            } do: {
                try await installed.stop()
                try await helm.uninstall(name)
            }
        }

        @Test("what the pages about GitOps give to the chart are values that it has")
        func values() async throws {
            let text = try String(
                contentsOf: Repository.root.appendingPathComponent("docs/gitops.md"),
                encoding: .utf8
            )
            let blocks = text.matches(of: /```yaml\n((?:.*\n)+?)```/).map { String($0.output.1) }
            #expect(blocks.count == 2)
            for block in blocks {
                let document = try #require(try Chart.documents(block).first)
                let spec = document["spec"]
                let values = try #require(spec?["values"] ?? spec?["source"]?["helm"]?["valuesObject"])
                _ = try await Chart.template("vernemq-operator", values: values, kubernetes: "1.30.0")
            }
        }

        @Test("the manifests without Helm are accepted, and are the chart's objects, in a namespace that they make")
        func manifests() async throws {
            let bed = try TestBed.current
            let version = String(bed.version.drop { $0 == "v" })
            let text = try await Subprocess.output(Repository.script("manifests"), ["--kube-version", version])
            let documents = try Chart.documents(text)
            #expect(documents.prefix(2).map { $0["kind"] } == ["Namespace", "CustomResourceDefinition"])
            let rendered = try await Chart.template("vernemq-operator", kubernetes: version)
            // Helm's own test is Helm's alone.
            let chart = try Chart.documents(rendered).filter { $0["kind"] != "Pod" }
            #expect(documents.dropFirst(2).map(Self.identity) == chart.map(Self.identity))
            #expect(!text.contains("Helm\n") && !text.contains("helm.sh/"))

            _ = try await bed.plane.kubectl.run(["create", "namespace", "vernemq-operator"])
            let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(documents)]
            let answer = try await bed.plane.kubectl.run(
                ["apply", "--dry-run=server", "--validate=true", "-f", "-"],
                input: list.serializedString()
            )
            #expect(answer.status == 0, "\(answer.standardError)")
        }

        private static func identity(_ document: JSONValue) -> [JSONValue?] {
            [document["kind"], document["metadata"]?["name"], document["metadata"]?["namespace"]]
        }

        /// The commands of a script, each with the lines that go on with it.
        private static func commands(of script: String) -> [String] {
            script.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
        }

        /// Pages that are not about installing are read by people who have the operator, and a StatefulSet.
        private func provide(for journey: DocumentedJourney, in shell: DocumentationShell) async throws {
            let blocks = try journey.pages.flatMap { try $0.blocks }
            guard !blocks.contains(where: { $0.script.contains("helm install vernemq-operator ") }) else { return }
            let command = """
                helm install vernemq-operator charts/vernemq-operator --namespace vernemq-operator --create-namespace
                kubectl apply -f docs/examples/mqtt.yaml
                """
            let output = try await shell.run(command)
            guard output.status == 0 else { throw Subprocess.Failure(output: output) }
        }

        private func follow(
            _ journey: DocumentedJourney,
            in shell: DocumentationShell,
            afterEach pause: () async throws -> Void = {}
        ) async throws {
            for page in journey.pages {
                shell.turnThePage()
                for block in try page.blocks {
                    try await shell.run(block, of: page.path)
                    try await pause()
                }
            }
        }
    }
}
