import Document
import Foundation

/// kubectl, against the suite's control plane.
struct Kubectl: Sendable {
    let executable: String
    let kubeconfig: String
    /// The namespace of each call; nil for what has none.
    var namespace: String?

    /// Runs kubectl and returns how it went.
    func run(_ arguments: [String], input: String? = nil) async throws -> Subprocess.Output {
        // A cache of its own for each call: processes that share one read each other's half-written files.
        let cache = try Repository.temporaryDirectory("kubectl")
        defer { removeQuietly(cache) }
        let place = namespace.map { ["--namespace", $0] } ?? []
        return try await Subprocess.run(
            executable,
            ["--kubeconfig", kubeconfig, "--cache-dir", cache.path, "--request-timeout", "60s"] + place + arguments,
            input: input
        )
    }

    /// Runs kubectl, which has to succeed, and returns what it printed.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> String {
        let output = try await run(arguments, input: input)
        guard output.status == 0 else { throw Subprocess.Failure(output: output) }
        return output.standardOutput
    }

    /// Runs kubectl, which has to fail, and returns what it complained about.
    func refusal(_ arguments: String..., input: String? = nil) async throws -> String {
        let output = try await run(arguments, input: input)
        guard output.status != 0 else { throw UnexpectedSuccess(output: output) }
        return output.standardError
    }

    /// The object (or list) at an API path, exactly as the server sends it.
    func raw(_ path: String) async throws -> JSONValue {
        try JSONValue(parsing: try await self("get", "--raw", path))
    }

    /// The StatefulSet of that name, as the server sends it: members in its order, nothing left out.
    func statefulSet(_ name: String) async throws -> JSONValue {
        try await raw("/apis/apps/v1/namespaces/\(namespace ?? "default")/statefulsets/\(name)")
    }

    /// The text of a StatefulSet's pod template, to compare byte for byte.
    func template(of name: String) async throws -> String {
        try await statefulSet(name)["spec"]?["template"]?.serializedString() ?? "none"
    }

    /// The names of a StatefulSet's revisions, oldest first.
    func revisions(of name: String) async throws -> [String] {
        let list = try await raw("/apis/apps/v1/namespaces/\(namespace ?? "default")/controllerrevisions")
        return (list["items"]?.arrayValue ?? [])
            .filter { $0["metadata"]?["ownerReferences"]?[0]?["name"]?.stringValue == name }
            .sorted { ($0["revision"]?.integerValue ?? 0) < ($1["revision"]?.integerValue ?? 0) }
            .compactMap { $0["metadata"]?["name"]?.stringValue }
    }
}

/// A command that should have been refused.
struct UnexpectedSuccess: Error, CustomStringConvertible {
    var output: Subprocess.Output
    var description: String { "`\(output.command)` should have been refused:\n\(output.standardOutput)" }
}
