import Dispatch
import Testing

/// Runs a test on a thread of its own. The tests' common threads are as few as the processors, and tests that compute or
/// wait for a process hold them for seconds: what talks to a live process against a clock must not stand in that line.
struct Apart: TestTrait, SuiteTrait, TestScoping {
    let isRecursive = true

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(OwnQueue()) { try await function() }
    }

    private final class OwnQueue: TaskExecutor {
        private let queue = DispatchQueue(label: "apart")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            // SAFETY: each job given here is run once, and the queue runs what it is given once.
            queue.async { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == Apart {
    static var apart: Apart { Apart() }
}
