extension EventLoop {
    /// Runs an operation, and all that it calls, on the loop, and waits for it. Cancelling the calling task cancels it.
    ///
    /// Prefer it to `withTaskExecutorPreference`, which leaves the operation on the caller's thread until it suspends
    /// for the first time.
    public func run<Success: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Success
    ) async throws -> Success {
        try await withThrowingTaskGroup(of: Success.self) { group in
            group.addTask(executorPreference: self) { try await operation() }
            for try await result in group { return result }
            throw TransportError.cancelled
        }
    }
}
