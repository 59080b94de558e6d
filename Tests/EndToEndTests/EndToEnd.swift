import Testing

/// What is promised to users, shown with kubectl on a real API server that calls the operator of this build through the
/// chart's own webhook configurations.
///
/// The suites inside share one control plane; each test has a namespace of its own.
@Suite("End to end", .bed, .timeLimit(.minutes(10)))
enum EndToEnd {}

/// Brings up the ``TestBed`` around a suite.
struct BedTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await TestBed.with(.alone, function)
    }
}

extension Trait where Self == BedTrait {
    /// Runs the suite with a control plane, the operator and its webhooks.
    static var bed: Self { BedTrait() }
}
