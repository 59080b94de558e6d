import Testing

/// What is promised about brokers, shown in real pods: a real kubelet and containerd run the injected init containers,
/// handlers and probes, with real tokens, real names and real grace periods. Only the broker is a double.
///
/// The suites inside share one node; each test has a namespace of its own. They run at the same time, because most of what
/// they do is wait.
@Suite("Real pods", .realNode, .needsRealNode, .timeLimit(.minutes(15)))
enum RealPods {}

/// Brings up the ``RealNode`` around a suite.
struct RealNodeTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await RealNode.with(function)
    }
}

extension Trait where Self == RealNodeTrait {
    /// Runs the suite with a control plane, a node, the operator and its webhooks.
    static var realNode: Self { RealNodeTrait() }
}

extension Trait where Self == ConditionTrait {
    /// Skips the suite, and says why, where containers cannot be run.
    static var needsRealNode: Self {
        .enabled(if: RealNode.obstacle == nil, "no real pods: \(RealNode.obstacle ?? "")")
    }
}
