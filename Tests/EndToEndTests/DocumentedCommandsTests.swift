import Document
import Foundation
import Testing

extension EndToEnd {
    /// What the pages about installing tell people to type, typed. One after the other: the releases have the name that the
    /// pages give them.
    @Suite("The documentation's commands", .serialized)
    struct DocumentedCommandsTests {
        /// Pages that are read one after the other, in one namespace.
        struct Journey: Sendable {
            /// A page, and the heading of the part that is meant, if not all is.
            var pages: [(path: String, section: String?)]
            /// A labelled StatefulSet that is there in the end.
            var result: String
        }

        private static let journeys = [
            Journey(
                pages: [("README.md", "## Install it"), ("docs/migrating.md", nil), ("docs/gitops.md", nil)],
                result: "mqtt"
            ),
            Journey(pages: [("docs/install.md", nil), ("docs/upgrading.md", nil)], result: "broker"),
        ]

        @Test("every command does what the page says, and ends with labelled StatefulSets that are injected")
        func commands() async throws {
            let bed = try TestBed.current
            let values = try bed.values(calling: bed.operatorProcess.url, namespaces: .marked("documentation"))
            for journey in Self.journeys {
                let kubectl = try await bed.namespace("documentation", servedAs: .marked("documentation"))
                let shell = try await DocumentationShell(bed, in: kubectl, values: values)
                defer { shell.remove() }
                for page in journey.pages {
                    let blocks = try CommandBlock.all(of: page.path, below: page.section)
                    #expect(!blocks.isEmpty, "\(page.path)")
                    for block in blocks { try await run(block, of: page.path, in: shell) }
                }
                #expect(Injected.faults(in: try await kubectl.statefulSet(journey.result)) == [])
                // The last page of a journey may have removed it already.
                _ = try await shell.run("helm uninstall vernemq-operator --namespace vernemq-operator")
                #expect(try await bed.clusterObjects(ofRelease: "vernemq-operator") == [])
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

        private func run(_ block: CommandBlock, of page: String, in shell: DocumentationShell) async throws {
            switch block.directive {
            case .skipped: return
            case .succeeds:
                let output = try await shell.run(block.script)
                try #require(
                    output.status == 0,
                    "\(page):\(block.line): \(output.standardError)\(output.standardOutput)"
                )
            case .fails(let words):
                let output = try await shell.run(block.script)
                #expect(output.status != 0, "\(page):\(block.line)")
                #expect(output.standardError.contains(words), "\(page):\(block.line): \(output.standardError)")
            }
        }
    }
}
