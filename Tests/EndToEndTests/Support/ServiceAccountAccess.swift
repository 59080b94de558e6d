import Document
import Foundation

/// Ways into a control plane with the rights of a service account and no others.
enum ServiceAccountAccess {
    /// Writes a kubeconfig with a token of a service account.
    ///
    /// - Parameters:
    ///   - account: its name.
    ///   - namespace: its namespace.
    ///   - plane: the control plane.
    ///   - name: what the file is called after.
    /// - Returns: the file, in the control plane's directory.
    static func kubeconfig(
        of account: String,
        in namespace: String,
        _ plane: ControlPlane,
        name: String
    ) async throws -> URL {
        let path = "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token"
        let answer = try await plane.kubectl(
            "create",
            "--raw",
            path,
            "-f",
            "-",
            input: #"{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":7200}}"#
        )
        guard let token = try JSONValue(parsing: answer)["status"]?["token"]?.stringValue else {
            throw NeverHappened(description: "no token for the operator: \(answer)")
        }
        let kubeconfig = """
            apiVersion: v1
            kind: Config
            current-context: operator
            contexts:
            - {name: operator, context: {cluster: plane, user: operator}}
            clusters:
            - {name: plane, cluster: {server: "\(try plane.server)", certificate-authority: \(plane.authority)}}
            users:
            - {name: operator, user: {token: \(token)}}

            """
        let file = plane.directory.appendingPathComponent("kubeconfig-operator-\(name)")
        try Data(kubeconfig.utf8).write(to: file)
        return file
    }
}
