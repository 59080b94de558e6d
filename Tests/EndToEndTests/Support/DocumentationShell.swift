import Document
import Foundation
import Testing

/// A shell in which the documentation's commands find what they name: this repository, and helm, kubectl, docker and
/// vernemq-operator that work on the suite's control plane.
struct DocumentationShell: Sendable {
    /// The directory that it works in, with links to what the pages name.
    let directory: URL

    /// Makes one that has this repository's files and nothing else.
    init() throws {
        directory = try Repository.temporaryDirectory("documentation")
        for name in ["charts", "certs", "docs", "Scripts"] {
            try link(name, to: Repository.root.appendingPathComponent(name))
        }
        // As somebody has it who keeps projects side by side.
        try link("vernemq-operator", to: Repository.root)
        try link(".build/debug/vernemq-operator", to: Repository.operatorExecutable)
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - plane: the cluster.
    ///   - kubectl: its namespace is where commands work that name none.
    ///   - values: what releases of the operator are given beside what the pages give them.
    init(_ plane: ControlPlane, in kubectl: Kubectl, values: JSONValue = [:]) async throws {
        try self.init()
        try write("kubeconfig", try String(contentsOfFile: plane.kubeconfig, encoding: .utf8))
        try write("values.json", values.serializedString())
        try write("probe.yaml", Manifest.statefulSet("probe", labelled: true))
        try writeWhatReadersHave()
        let operatorCommand = (plane.entrance + [Repository.operatorExecutable.path]).map { "'\($0)'" }.joined(
            separator: " "
        )
        try program("vernemq-operator", #"exec \#(operatorCommand) "$@""#)
        try link("bin/kubectl-vernemq", to: Repository.operatorExecutable)
        // No flag of kubectl's own may stand before a plugin's name.
        try program(
            "kubectl",
            """
            case "${1:-}" in
            vernemq) exec '\(kubectl.executable)' "$@" ;;
            *) exec '\(kubectl.executable)' --cache-dir "$DOCUMENTATION/cache" "$@" ;;
            esac
            """
        )
        // No container builder is at hand, and no registry; Scripts/prove-image is about the image.
        try program("docker", "exit 0")
        try program("helm", Self.helm)
        let context = try await run("kubectl config set-context --current --namespace='\(kubectl.namespace ?? "")'")
        guard context.status == 0 else { throw Subprocess.Failure(output: context) }
    }

    /// Helm, where the operator runs outside of the cluster; returns when the webhooks are called, as it would be ready by
    /// the time that a person has typed the next command.
    private static let helm = """
        release=no
        case " $* " in
        *" charts/vernemq-operator "*) release=yes; set -- "$@" --values "$DOCUMENTATION/values.json" ;;
        esac
        case " $* " in
        *" --namespace "*) ;;
        *) set -- "$@" --namespace "$(kubectl config view --minify --output 'jsonpath={..namespace}')" ;;
        esac
        '\(Repository.script("helm"))' "$@" --kubeconfig "$KUBECONFIG" || exit
        case "$release $*" in
        *caBundle*) exit ;;
        yes*) ;;
        *) exit ;;
        esac
        \(waiting)
        """

    /// Shell commands that wait until the webhooks are called.
    static let waiting = """
        attempts=200
        until kubectl create --dry-run=server -o yaml -f "$DOCUMENTATION/probe.yaml" 2>/dev/null | grep -q /injected; do
            attempts=$((attempts - 1))
            if [ "$attempts" -eq 0 ]; then echo "the webhooks are not called" >&2; exit 1; fi
            sleep 0.3
        done
        """

    /// Runs what a page says of a block: it succeeds, or fails as it is to fail.
    func run(_ block: CommandBlock, of page: String) async throws {
        switch block.directive {
        case .skipped: return
        case .succeeds:
            let output = try await run(block.script)
            try #require(
                output.status == 0,
                "\(page):\(block.line): \(output.standardError)\(output.standardOutput)"
            )
        case .fails(let words):
            let output = try await run(block.script)
            #expect(output.status != 0, "\(page):\(block.line)")
            #expect(output.standardError.contains(words), "\(page):\(block.line): \(output.standardError)")
        }
    }

    /// Runs commands as a reader would, but that the first one that fails ends them; where `cd` has led, the next begin.
    func run(_ script: String) async throws -> Subprocess.Output {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let place = """
            cd '\(directory.path)'
            if [ -e .place ]; then cd "$(cat .place)"; fi
            trap 'pwd >"$DOCUMENTATION/.place"' EXIT
            """
        return try await Subprocess.run(
            "/usr/bin/env",
            ["bash", "-c", "\(place)\nset -eo pipefail\n\(script)"],
            environment: [
                "DOCUMENTATION": directory.path,
                "KUBECONFIG": directory.appendingPathComponent("kubeconfig").path,
                "PATH": directory.appendingPathComponent("bin").path + ":" + path,
                "VERNEMQ_OPERATOR": Repository.operatorExecutable.path,
                "GIT_AUTHOR_NAME": "Reader", "GIT_AUTHOR_EMAIL": "reader@example.org",
                "GIT_COMMITTER_NAME": "Reader", "GIT_COMMITTER_EMAIL": "reader@example.org",
            ]
        )
    }

    /// Goes back to where the first command began: another page is read.
    func turnThePage() { removeQuietly(directory.appendingPathComponent(".place")) }

    /// Takes it away.
    func remove() { removeQuietly(directory) }

    /// Files that the pages speak of as the reader's own.
    private func writeWhatReadersHave() throws {
        let example = try String(
            contentsOf: Repository.root.appendingPathComponent("docs/examples/mqtt.yaml"),
            encoding: .utf8
        )
        let labelled = example.replacing(
            "kind: StatefulSet\nmetadata:\n  name: mqtt\n",
            with: "kind: StatefulSet\nmetadata:\n  name: mqtt\n  labels: {vmq.k8s.vernemq.com/inject: enabled}\n"
        )
        #expect(labelled != example)
        try write("mqtt.yaml", labelled)
        try write("manifests/mqtt.yaml", labelled)
        try write("manifests/more/resource.yaml", Manifest.resource("k8s", spec: "{size: 3}"))
        try write("vernemq.conf", "max_inflight_messages = 50\nlistener.tcp.default = 127.0.0.1:1883\n")
        for name in ["token.txt", "id_ed25519", "known_hosts"] { try write(name, "example\n") }
    }

    private func program(_ name: String, _ body: String) throws {
        let file = try write("bin/\(name)", "#!/bin/sh\n\(body)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    private func link(_ name: String, to destination: URL) throws {
        let file = directory.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: destination)
    }

    /// Writes a file.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> URL {
        let file = directory.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file
    }
}
