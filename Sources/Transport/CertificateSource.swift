import CLinux
import Glibc
import Synchronization

/// Where a server's certificate, its key and the authorities of its clients are kept.
public struct CertificateFiles: Sendable, Hashable {
    /// The certificate chain, PEM.
    public var certificate: String
    /// The private key, PEM, unencrypted.
    public var key: String
    /// Authorities (PEM) that clients' certificates must come from; nil to ask for none.
    public var clientAuthorities: String?

    /// Names the files.
    public init(certificate: String, key: String, clientAuthorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }

    /// Reads the files and makes a configuration of them.
    func read() throws(TransportError) -> TLSConfiguration {
        let identity = TLSIdentity(
            certificateChain: try Self.read(certificate),
            privateKey: try Self.read(key)
        )
        guard let clientAuthorities else { return TLSConfiguration(identity: identity) }
        let authorities = try Self.read(clientAuthorities)
        return TLSConfiguration(identity: identity, clientVerification: .required(authorities: authorities))
    }

    private static func read(_ path: String) throws(TransportError) -> [UInt8] {
        do {
            return try FileContents.read(path)
        } catch {
            throw .unusableCertificate("the file \(path) cannot be read: \(error)")
        }
    }

    /// The directories in which a change of the files shows. Kubernetes exchanges the link `..data` there.
    var directories: Set<String> {
        Set(
            [certificate, key, clientAuthorities].compactMap { $0 }.map { path in
                guard let slash = path.lastIndex(of: "/") else { return "." }
                return slash == path.startIndex ? "/" : String(path[..<slash])
            }
        )
    }
}

/// Keeps a server's TLS context in step with files that somebody else renews.
///
/// New handshakes get the new certificate; connections that exist keep theirs. What does not fit together (a certificate
/// whose key has not been written yet, say) is left alone until it does.
public final class CertificateSource: Sendable {
    /// What a look at the files came to.
    public enum Event: Sendable, Hashable {
        /// The context was exchanged. The new certificate is valid until this moment, in seconds since 1970.
        case reloaded(notAfter: Int64?)
        /// The files have changed and cannot be used; the old context stays.
        case failed(TransportError)
    }

    /// Where servers find the context.
    public let contexts: TLSContextSource

    private let files: CertificateFiles
    private let lastRead: Mutex<TLSConfiguration>
    private let lastFailure = Mutex<TransportError?>(nil)

    /// How long to let a series of changes come to rest.
    private static let settling: Duration = .milliseconds(100)

    /// Reads the files.
    ///
    /// - Throws: `unusableCertificate` with the file and the reason.
    public init(_ files: CertificateFiles) throws(TransportError) {
        self.files = files
        let configuration = try files.read()
        contexts = TLSContextSource(try TLSContext(configuration))
        lastRead = Mutex(configuration)
    }

    /// When the certificate that is shown now stops being valid, in seconds since 1970.
    public var notAfter: Int64? { contexts.current?.notAfter }

    /// Reads the files now.
    ///
    /// - Returns: what came of it; nil when nothing has changed since the last look.
    public func reload() -> Event? {
        do {
            let configuration = try files.read()
            guard lastRead.withLock({ $0 != configuration }) else {
                lastFailure.withLock { $0 = nil }
                return nil
            }
            let context = try TLSContext(configuration)
            contexts.current = context
            lastRead.withLock { $0 = configuration }
            lastFailure.withLock { $0 = nil }
            return .reloaded(notAfter: context.notAfter)
        } catch {
            return lastFailure.withLock { last in
                if last == error { return nil }
                last = error
                return .failed(error)
            }
        }
    }

    /// Looks at the files whenever their directories change, and every so often whether they do or not. The task must
    /// be on the loop; it ends when it is cancelled.
    public func run(
        on loop: EventLoop,
        interval: Duration = .seconds(10),
        _ report: @Sendable (Event) -> Void
    ) async {
        let watch = DirectoryWatch(on: loop)
        defer { watch?.close() }
        while !Task.isCancelled {
            watch?.add(files.directories)
            watch?.forgetChanges()
            // Read only now: what changes from here on ends the wait below.
            if let event = reload() { report(event) }
            do {
                if let watch {
                    if try await watch.waitForChange(until: .after(interval)) {
                        try await loop.sleep(for: Self.settling)
                    }
                } else {
                    try await loop.sleep(for: interval)
                }
            } catch {
                return
            }
        }
    }
}

/// inotify on directories.
private final class DirectoryWatch {
    private let registration: Registration

    /// Nil when the machine has no inotify instance left: polling alone must do then.
    init?(on loop: EventLoop) {
        do {
            let descriptor = try FileDescriptor(
                inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)),
                from: "inotify_init1"
            )
            registration = try Registration(descriptor, on: loop)
        } catch {
            return nil
        }
    }

    /// Watches directories. Those that are watched already stay so; those that do not exist are not watched.
    func add(_ directories: Set<String>) {
        let changes = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM
        for directory in directories {
            _ = unsafe inotify_add_watch(registration.descriptorNumber, directory, UInt32(changes))
        }
    }

    /// - Returns: false when nothing changed until the deadline.
    func waitForChange(until deadline: Deadline) async throws(TransportError) -> Bool {
        do {
            try await registration.wait(.read, until: deadline)
            return true
        } catch .timedOut {
            return false
        }
    }

    /// Reads away what has been reported.
    func forgetChanges() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let number = registration.descriptorNumber
        while unsafe buffer.withUnsafeMutableBytes({ unsafe Glibc.read(number, $0.baseAddress, $0.count) }) > 0 {}
        registration.setExhausted(.read)
    }

    func close() {
        registration.release()
    }
}
