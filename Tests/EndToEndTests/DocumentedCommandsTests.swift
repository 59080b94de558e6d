import Document
import Foundation
import Testing

extension EndToEnd {
    /// What the pages tell people to type, typed. One after the other: the releases have the name that the
    /// pages give them.
    @Suite("The documentation's commands", .serialized)
    struct DocumentedCommandsTests {
        /// A page, or a part of one.
        struct Page: Sendable {
            var path: String
            /// The heading of the part that is meant, if not all is.
            var section: String?
            /// What is so where this page is read, before each of its blocks: files that it speaks of, and what the operator
            /// would have made if it were in the cluster. May be run any number of times.
            var given = ""
        }

        /// Pages that are read one after the other, in one namespace.
        struct Journey: Sendable {
            var pages: [Page]
            /// A labelled StatefulSet that is there in the end.
            var result: String
        }

        private static let journeys = [
            Journey(
                pages: [
                    Page(path: "README.md", section: "## Install it"), Page(path: "docs/migrating.md"),
                    Page(path: "docs/gitops.md"),
                ],
                result: "mqtt"
            ),
            Journey(pages: [Page(path: "docs/install.md"), Page(path: "docs/upgrading.md")], result: "broker"),
            Journey(
                pages: [
                    Page(path: "CONTRIBUTING.md"), Page(path: "docs/testing.md"),
                    Page(
                        path: "docs/quick-start.md",
                        given: """
                            [ -e mqtt.yaml ] || {
                                helm install vernemq-operator charts/vernemq-operator --namespace vernemq-operator --create-namespace
                                cp docs/examples/mqtt.yaml mqtt.yaml
                                kubectl apply -f mqtt.yaml
                            }
                            """
                    ),
                    Page(
                        path: "docs/configuration.md",
                        given: "echo 'max_inflight_messages = 50' >vernemq.conf\n"
                            + "kubectl create configmap settings --from-file vernemq.conf --dry-run=client -o yaml | kubectl apply -f -"
                    ),
                    Page(path: "docs/scaling.md"),
                    Page(path: "docs/validation.md", given: manifests), Page(path: "docs/cli.md", given: manifests),
                    Page(path: "docs/status.md", given: demo), Page(path: "docs/membership.md", given: demo),
                    Page(
                        path: "docs/plugins.md",
                        given: "[ -e mqtt.yaml ] || cp \"$DOCUMENTATION/mqtt.yaml\" .\n"
                            + "for file in token.txt id_ed25519 known_hosts; do echo text >$file; done"
                    ),
                    Page(path: "docs/troubleshooting.md"),
                    Page(path: "docs/certificates.md", given: ownCertificate),
                ],
                result: "mqtt"
            ),
        ]

        private static let manifests = "mkdir -p manifests\ncp mqtt.yaml manifests/"
        private static let demo = "kubectl get namespace demo || kubectl create namespace demo"

        /// The operator's own certificate, which it would make and keep.
        private static let ownCertificate = """
            secret=vernemq-operator-webhook-tls
            [ -e own ] || vernemq-operator certs --out own --service vernemq-operator --namespace vernemq-operator
            kubectl --namespace vernemq-operator create secret tls $secret --cert own/tls.crt --key own/tls.key \
                --dry-run=client -o yaml | kubectl apply -f -
            kubectl patch validatingwebhookconfiguration vernemq-operator --type json --patch "[{
                \"op\": \"replace\", \"path\": \"/webhooks/0/clientConfig/caBundle\", \"value\": \"$(base64 -w 0 own/ca.crt)\"}]"
            """

        /// Pages for which a program has to be there that only some machines have.
        private static let tools = ["docs/plugins.md": "rebar3"]

        @Test("every command does what the page says, and ends with labelled StatefulSets that are injected")
        func commands() async throws {
            let bed = try TestBed.current
            let values = try bed.values(calling: bed.operatorProcess.url, namespaces: .marked("documentation"))
            for journey in Self.journeys {
                let kubectl = try await bed.namespace("documentation", servedAs: .marked("documentation"))
                let shell = try await DocumentationShell(bed, in: kubectl, values: values)
                defer { shell.remove() }
                for page in journey.pages {
                    if let tool = Self.tools[page.path], try await shell.run("command -v \(tool)").status != 0 { continue }
                    let blocks = try CommandBlock.all(of: page.path, below: page.section)
                    #expect(!blocks.isEmpty, "\(page.path)")
                    try shell.beginPage()
                    for block in blocks { try await run(block, of: page, in: shell) }
                }
                #expect(Injected.faults(in: try await kubectl.statefulSet(journey.result)) == [])
                // The last page of a journey may have removed it already.
                _ = try await shell.run("helm uninstall vernemq-operator --namespace vernemq-operator")
                #expect(try await bed.clusterObjects(ofRelease: "vernemq-operator") == [])
            }
        }

        @Test("no page has commands that nobody types: each is on a journey, or says why not")
        func completeness() throws {
            let pages = try CommandBlock.pages()
            #expect(pages.count > 20)
            let visited = Self.journeys.flatMap(\.pages)
            for path in pages {
                var typed: Set<Int> = []
                for page in visited where page.path == path {
                    typed.formUnion(try CommandBlock.all(of: path, below: page.section).map(\.line))
                }
                for block in try CommandBlock.all(of: path) where !typed.contains(block.line) {
                    if case .skipped = block.directive { continue }
                    Issue.record("\(path):\(block.line) is neither typed by a test nor says why not: <!-- not run: … -->")
                }
                #expect(try CommandBlock.unmarked(of: path) == [], "commands belong into a block that begins with ```sh")
            }
            #expect(Set(visited.map(\.path)).isSubset(of: pages))
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

        private func run(_ block: CommandBlock, of page: Page, in shell: DocumentationShell) async throws {
            if case .skipped = block.directive { return }
            let given = try await shell.run(page.given)
            try #require(given.status == 0, "what \(page.path) begins with: \(given.standardError)")
            let output = try await shell.run(block.script)
            let place = "\(page.path):\(block.line): \(output.standardError)\(output.standardOutput)"
            guard case .fails(let words) = block.directive else {
                try #require(output.status == 0, "\(place)")
                return
            }
            #expect(output.status != 0, "\(page.path):\(block.line)")
            #expect((output.standardError + output.standardOutput).contains(words), "\(place)")
        }
    }
}
