import CLinux
import Glibc
import Synchronization

/// The signals that end the process, as something to wait for.
public enum Signals {
    /// The end of the pipe into which caught signals are written; -1 until there is one.
    private static let pipe = Mutex<CInt>(-1)

    /// Keeps SIGTERM and SIGINT from ending the process, and SIGPIPE from doing anything. Call it early, on the main
    /// thread: a signal that comes before ends the process. Should it not succeed, ``terminate(on:)`` says so.
    public static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        pipe.withLock { pipe in
            pipe = unsafe vmq_catch_signals([SIGTERM, SIGINT], 2)
        }
    }

    /// Waits until somebody asks the process to end. The task must be on the loop. Call ``prepare()`` before.
    ///
    /// - Returns: `SIGTERM` or `SIGINT`.
    /// - Throws: `cancelled`, `system`.
    public static func terminate(on loop: EventLoop) async throws(TransportError) -> CInt {
        let end = pipe.withLock { $0 }
        let descriptor = try FileDescriptor(fcntl(end, F_DUPFD_CLOEXEC, 0), from: "fcntl")
        let registration = try Registration(descriptor, on: loop)
        defer { registration.release() }
        while true {
            var signal: UInt8 = 0
            let number = registration.descriptorNumber
            let count = retryingOnInterrupt { unsafe Glibc.read(number, &signal, 1) }
            if count == 1 { return CInt(signal) }
            guard count < 0, errno == EAGAIN else { throw .system("read") }
            registration.setExhausted(.read)
            try await registration.wait(.read, until: .never)
        }
    }
}
