import Document
import Foundation

/// One block of shell commands out of a page of the documentation.
struct CommandBlock: Sendable {
    /// What a page says of a block, in a comment before it, for those who run it.
    enum Directive: Sendable, Equatable {
        /// It runs, and succeeds.
        case succeeds
        /// It runs, and fails with this in what it says: `<!-- fails: TEXT -->`.
        case fails(String)
        /// It is not run, for this reason: `<!-- not run: REASON -->`.
        case skipped(String)
    }

    /// What becomes of it.
    var directive: Directive
    /// Its lines.
    var script: String
    /// Where it begins, counted from one.
    var line: Int

    /// The blocks of a page that are marked as shell.
    ///
    /// - Parameters:
    ///   - page: a path in the repository.
    ///   - section: a heading, with its `#`; only what is below it and above the next of its kind is looked at.
    static func all(of page: String, below section: String? = nil) throws -> [CommandBlock] {
        let text = try String(contentsOf: Repository.root.appendingPathComponent(page), encoding: .utf8)
        var blocks: [CommandBlock] = []
        var open: CommandBlock?
        var comment = Directive.succeeds
        var isInside = section == nil
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if var block = open {
                if line == "```" {
                    blocks.append(block)
                    open = nil
                    comment = .succeeds
                } else {
                    block.script += line + "\n"
                    open = block
                }
                continue
            }
            if let section, line.hasPrefix("## ") { isInside = line == section }
            guard isInside else { continue }
            if let match = line.wholeMatch(of: /<!-- (not run|fails): (.+) -->/) {
                let words = String(match.output.2)
                comment = match.output.1 == "fails" ? .fails(words) : .skipped(words)
            } else if line == "```sh" {
                open = CommandBlock(directive: comment, script: "", line: index + 1)
            } else if !line.isEmpty {
                comment = .succeeds
            }
        }
        return blocks
    }
}

/// A shell in which the documentation's commands find what they name: this repository, and helm, kubectl, docker and
/// vernemq-operator that work on the suite's control plane.
struct DocumentationShell: Sendable {
    /// The directory that it works in, with links to what the pages name.
    private let directory: URL

    /// Makes one.
    ///
    /// - Parameters:
    ///   - kubectl: its namespace is where commands work that name none.
    ///   - values: what releases of the operator are given beside what the pages give them.
    init(_ bed: TestBed, in kubectl: Kubectl, values: JSONValue) async throws {
        directory = try Repository.temporaryDirectory("documentation")
        for name in ["charts", "certs", "docs", "Scripts"] {
            try FileManager.default.createSymbolicLink(
                at: directory.appendingPathComponent(name),
                withDestinationURL: Repository.root.appendingPathComponent(name)
            )
        }
        try write("kubeconfig", try String(contentsOfFile: bed.plane.kubeconfig, encoding: .utf8))
        try write("values.json", values.serializedString())
        try write("probe.yaml", Manifest.statefulSet("probe", labelled: true))
        try program("kubectl", #"exec '\#(kubectl.executable)' --cache-dir '\#(directory.path)/cache' "$@""#)
        try program("vernemq-operator", #"exec '\#(Repository.operatorExecutable.path)' "$@""#)
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
        attempts=200
        until kubectl create --dry-run=server -o yaml -f "$DOCUMENTATION/probe.yaml" 2>/dev/null | grep -q /injected; do
            attempts=$((attempts - 1))
            if [ "$attempts" -eq 0 ]; then echo "the webhooks are not called" >&2; exit 1; fi
            sleep 0.3
        done
        """

    /// Runs a block as a reader would, but that the first command that fails ends it.
    func run(_ script: String) async throws -> Subprocess.Output {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try await Subprocess.run(
            "/usr/bin/env",
            ["bash", "-c", "cd '\(directory.path)' && set -eo pipefail\n\(script)"],
            environment: [
                "DOCUMENTATION": directory.path,
                "KUBECONFIG": directory.appendingPathComponent("kubeconfig").path,
                "PATH": directory.appendingPathComponent("bin").path + ":" + path,
            ]
        )
    }

    /// Takes it away.
    func remove() { removeQuietly(directory) }

    private func program(_ name: String, _ body: String) throws {
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("bin"),
            withIntermediateDirectories: true
        )
        let file = try write("bin/\(name)", "#!/bin/sh\n\(body)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    @discardableResult
    private func write(_ name: String, _ text: String) throws -> URL {
        let file = directory.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file
    }
}
