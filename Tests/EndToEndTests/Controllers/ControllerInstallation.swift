/// How the operator is installed for a suite.
struct ControllerInstallation: Sendable {
    /// The namespace that it is limited to; nil for none.
    var scope: String?
    /// Whether it runs controllers, and not webhooks alone.
    var hasControllers = true
    /// Further flags of the API server.
    var serverFlags: [String] = []
    /// Further flags of the operator, which win over those of ``Replica``.
    var flags: [String] = []

    /// What the chart's Deployment says to the operator because of it.
    var arguments: [String] {
        (scope.map { ["--namespace", $0] } ?? []) + (hasControllers ? [] : ["--webhook-only"]) + flags
    }
}
