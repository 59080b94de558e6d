import Testing

/// What the controllers promise, shown on a real API server, with the operator installed from the chart and running with
/// the chart's rights alone.
///
/// The suites inside share one control plane and one operator; each test has a namespace of its own.
@Suite("Controllers", .controllers, .needsControllerManager, .timeLimit(.minutes(15)))
enum Controllers {}

/// Brings up the ``ControllerBed`` around a suite.
struct ControllersTrait: SuiteTrait, TestScoping {
    /// What is installed.
    var installation = ControllerInstallation()
    /// Whether a request that the operator had no right to is a failure.
    let judgesRights: Bool

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await ControllerBed.with(installation, judgingRights: judgesRights, function)
    }
}

extension Trait where Self == ControllersTrait {
    /// Runs the suite with a control plane and the operator installed from the chart; a request that the chart's rights
    /// do not cover fails it.
    static var controllers: Self { ControllersTrait(judgesRights: true) }

    /// The same for tests that kill the API server, which knows nobody's rights while it starts.
    static var mortalControllers: Self { ControllersTrait(judgesRights: false) }

    /// The operator limited to one namespace.
    static func controllers(of namespace: String) -> Self {
        ControllersTrait(installation: ControllerInstallation(scope: namespace), judgesRights: true)
    }

    /// Webhooks that look after their certificates, and no controllers.
    static var webhooksAlone: Self {
        ControllersTrait(installation: ControllerInstallation(hasControllers: false), judgesRights: true)
    }

    /// The operator beside a server whose etcd forgets its history every other second. It may be stopped for a while and
    /// leads all the same, and looks at nothing again unless it has changed.
    static var forgetfulServer: Self {
        let installation = ControllerInstallation(
            serverFlags: ["--etcd-compaction-interval=2s"],
            flags: ["--lease-duration", "180s", "--renew-deadline", "150s", "--resync", "1h"]
        )
        return ControllersTrait(installation: installation, judgesRights: false)
    }
}
