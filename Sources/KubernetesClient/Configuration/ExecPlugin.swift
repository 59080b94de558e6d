public import Document

/// A program that says who we are (`user.exec` of a kubeconfig): cloud vendors' log-ins, above all.
///
/// Source: the Kubernetes documentation, "client-go credential plugins"; `k8s.io/client-go/pkg/apis/clientauthentication`.
public struct ExecPlugin: Sendable, Hashable {
    /// The versions of the protocol that are spoken. `v1alpha1` is not: it ended with Kubernetes 1.24.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        /// Since Kubernetes 1.22.
        case v1 = "client.authentication.k8s.io/v1"
        /// Since Kubernetes 1.11.
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    /// The protocol.
    public var version: Version
    /// The program: a name to be looked for on PATH, or a path.
    public var command: String
    /// Its arguments. No shell sees them.
    public var arguments: [String]
    /// What is added to our own environment for it.
    public var environment: [String: Secret<String>]
    /// The value of `spec.cluster` in what the program is told, where it wants to know (`provideClusterInfo`).
    public var clusterInfo: JSONValue?
    /// What to do when the program is not there, in the words of the configuration's author; empty if he had none.
    public var installHint: String

    /// Describes a program.
    public init(
        version: Version,
        command: String,
        arguments: [String] = [],
        environment: [String: Secret<String>] = [:],
        clusterInfo: JSONValue? = nil,
        installHint: String = ""
    ) {
        self.version = version
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.clusterInfo = clusterInfo
        self.installHint = installHint
    }
}
