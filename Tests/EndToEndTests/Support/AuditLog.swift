import Document
import Foundation

/// What the API server says that somebody has asked it.
struct AuditLog: Sendable {
    /// A request, as far as rights go.
    struct Request: Sendable, Hashable {
        var user: String
        var verb: String
        var group: String
        /// With the subresource: `pods/exec`.
        var resource: String
        var namespace: String
        var name: String
        var status: Int64
    }

    private let directory: URL

    /// Prepares one in a control plane's directory.
    init(in directory: URL) throws {
        self.directory = directory
        // All stages: a watch has answered when it ends. Neither bodies nor headers: nothing secret can be in it.
        let policy = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
            - {level: Metadata, userGroups: [system:serviceaccounts]}
            - {level: None}

            """
        try Data(policy.utf8).write(to: directory.appendingPathComponent("audit-policy.yaml"))
    }

    /// What the API server is to be started with.
    var flags: [String] {
        [
            "--audit-policy-file=\(directory.appendingPathComponent("audit-policy.yaml").path)",
            "--audit-log-path=\(directory.appendingPathComponent("audit.log").path)",
        ]
    }

    /// What this user has asked so far; the status is 0 of what has not been answered yet.
    func requests(of user: String) throws -> Set<Request> {
        let bytes = [UInt8](try Data(contentsOf: directory.appendingPathComponent("audit.log")))
        var requests: Set<Request> = []
        // The last line may be in the middle of being written.
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.last == UInt8(ascii: "}") {
            let event = try JSONValue(parsing: Array(line))
            guard event["user"]?["username"]?.stringValue == user, let object = event["objectRef"] else { continue }
            let subresource = object["subresource"]?.stringValue.map { "/" + $0 } ?? ""
            requests.insert(
                Request(
                    user: user,
                    verb: event["verb"]?.stringValue ?? "",
                    group: object["apiGroup"]?.stringValue ?? "",
                    resource: (object["resource"]?.stringValue ?? "") + subresource,
                    namespace: object["namespace"]?.stringValue ?? "",
                    name: object["name"]?.stringValue ?? "",
                    status: event["responseStatus"]?["code"]?.integerValue ?? 0
                )
            )
        }
        return requests
    }
}
