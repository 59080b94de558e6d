import Document
import Foundation

extension ControlPlane {
    /// Makes a kubeconfig with a token of a service account, and with its rights alone therefore.
    func kubeconfig(ofAccount account: String, in namespace: String, named name: String) async throws -> URL {
        let answer = try await kubectl(
            "create",
            "--raw",
            "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token",
            "-f",
            "-",
            input: #"{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":7200}}"#
        )
        guard let token = try JSONValue(parsing: answer)["status"]?["token"]?.stringValue else {
            throw NeverHappened(description: "no token for \(account): \(answer)")
        }
        let kubeconfig = """
            apiVersion: v1
            kind: Config
            current-context: operator
            contexts:
            - {name: operator, context: {cluster: plane, user: operator}}
            clusters:
            - {name: plane, cluster: {server: "\(try server)", certificate-authority: \(authority)}}
            users:
            - {name: operator, user: {token: \(token)}}

            """
        let file = directory.appendingPathComponent("kubeconfig-operator-\(name)")
        try Data(kubeconfig.utf8).write(to: file)
        return file
    }
}
