/// Why somebody who waited on a loop goes on.
enum Wake: Sendable {
    case ready, timedOut, cancelled
}

/// A suspended task. Whoever holds one must resume it exactly once.
@safe
struct Waiter {
    private let continuation: UnsafeContinuation<Wake, Never>

    /// Suspends the calling task and hands it over. The body must put it where it will be resumed.
    static func suspend(_ body: (Waiter) -> Void) async -> Wake {
        await unsafe withUnsafeContinuation { continuation in
            unsafe body(Waiter(continuation: continuation))
        }
    }

    private init(continuation: UnsafeContinuation<Wake, Never>) {
        unsafe self.continuation = continuation
    }

    /// Lets the task go on.
    func resume(_ wake: Wake) {
        unsafe continuation.resume(returning: wake)
    }
}
