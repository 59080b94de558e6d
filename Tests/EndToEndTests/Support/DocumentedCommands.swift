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

extension CommandBlock {
    /// Every page for people, as paths in the repository: those at its top and those below docs/.
    static func pages() throws -> [String] {
        let top = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
        let docs = FileManager.default.enumerator(atPath: Repository.root.appendingPathComponent("docs").path)
        let below = (docs?.allObjects ?? []).compactMap { $0 as? String }.map { "docs/" + $0 }
        return (top + below).filter { $0.hasSuffix(".md") }.sorted()
    }

    /// Blocks of a page that are commands and do not say so: without a language, or with another name for the same.
    static func unmarked(of page: String) throws -> [String] {
        let text = try String(contentsOf: Repository.root.appendingPathComponent(page), encoding: .utf8)
        return text.matches(of: /(?m)^```([a-z]*)\n((?:(?!```).*\n)*)```$/).compactMap { match in
            let (language, body) = (match.output.1, match.output.2)
            if ["bash", "shell", "console", "zsh"].contains(language) { return "\(page): ```\(language)" }
            let isCommand = body.contains(/(?m)^(\$ |(kubectl|helm|make|docker|git|vernemq-operator|Scripts\/\S+) )/)
            // What a program says may begin with its name and a colon, and never does with its name and a blank.
            return language.isEmpty && isCommand && !body.hasPrefix("vernemq-operator build-plugin:")
                ? "\(page): \(body.prefix(60))" : nil
        }
    }
}

/// A shell in which the documentation's commands find what they name: this repository, and helm, kubectl and
/// vernemq-operator that work on the suite's control plane. docker, make and swift only look whether what they are asked
/// for is there: what they would do is this test run, or Scripts/prove-image.
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
        try beginPage()
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("bin"),
            withIntermediateDirectories: true
        )
        for name in ["charts", "certs", "docs", "Scripts", "Dockerfile"] {
            try link(name, to: Repository.root.appendingPathComponent(name))
        }
        // A checkout beside whatever the reader is at.
        try link("vernemq-operator", to: Repository.root)
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent(".build/debug"),
            withIntermediateDirectories: true
        )
        try link(".build/debug/vernemq-operator", to: Repository.operatorExecutable)
        try write("kubeconfig", try String(contentsOfFile: bed.plane.kubeconfig, encoding: .utf8))
        try write("values.json", values.serializedString())
        try write("probe.yaml", Manifest.statefulSet("probe", labelled: true))
        try program("kubectl", #"exec '\#(kubectl.executable)' --cache-dir '\#(directory.path)/cache' "$@""#)
        try program("vernemq-operator", #"exec '\#(Repository.operatorExecutable.path)' "$@""#)
        try link("bin/kubectl-vernemq", to: Repository.operatorExecutable)
        try program("docker", #"[ "$1" = push ] || [ -e Dockerfile ]"#)
        let root = Repository.root.path
        try program("make", #"for target in "$@"; do grep -q "^$target:.*## " '\#(root)/Makefile' || exit 2; done"#)
        try program("swift", Self.swift)
        try program("helm", Self.helm)
        let context = try await run("kubectl config set-context --current --namespace='\(kubectl.namespace ?? "")'")
        guard context.status == 0 else { throw Subprocess.Failure(output: context) }
    }

    /// Looks whether the tests are there that it is asked to run.
    private static let swift = """
        while [ $# -gt 0 ]; do
            if [ "$1" = --filter ]; then
                shift
                grep -rqE "(struct|enum|extension) ${1##*.}" '\(Repository.root.path)/Tests' || exit 1
            fi
            shift
        done
        """

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

    /// Goes back to where pages begin: the directory that is the repository to them.
    func beginPage() throws { try write("here", directory.path) }

    /// Runs a block as a reader would, where the block before it ended, but that the first command that fails ends it.
    func run(_ script: String) async throws -> Subprocess.Output {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let begin = #"cd "$(cat "$DOCUMENTATION/here")"; trap 'pwd >"$DOCUMENTATION/here"' EXIT; set -eo pipefail"#
        return try await Subprocess.run(
            "/usr/bin/env",
            ["bash", "-c", begin + "\n" + script],
            environment: [
                "DOCUMENTATION": directory.path,
                "GIT_AUTHOR_NAME": "Reader", "GIT_AUTHOR_EMAIL": "reader@example.com",
                "GIT_COMMITTER_NAME": "Reader", "GIT_COMMITTER_EMAIL": "reader@example.com",
                "KUBECONFIG": directory.appendingPathComponent("kubeconfig").path,
                "PATH": directory.appendingPathComponent("bin").path + ":" + path,
            ]
        )
    }

    /// Takes it away.
    func remove() { removeQuietly(directory) }

    private func link(_ name: String, to target: URL) throws {
        let link = directory.appendingPathComponent(name)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
    }

    private func program(_ name: String, _ body: String) throws {
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
