extension EventLoop {
    /// Suspends the task until a moment comes. The task must be on the loop.
    ///
    /// - Throws: `cancelled` when the task is cancelled first.
    public func sleep(until deadline: Deadline) async throws(TransportError) {
        let core = self.core
        let identifier = core.makeSleeperIdentifier()
        let wake = await withTaskCancellationHandler {
            await Waiter.suspend { waiter in core.sleep(until: deadline, as: identifier, waiter) }
        } onCancel: {
            execute { self.core.wake(identifier, .cancelled) }
        }
        if wake == .cancelled { throw .cancelled }
    }

    /// Suspends the task for a while. The task must be on the loop.
    ///
    /// - Throws: `cancelled` when the task is cancelled first.
    public func sleep(for duration: Duration) async throws(TransportError) {
        try await sleep(until: .after(duration))
    }
}
