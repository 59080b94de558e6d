import Logging
import Transport

/// Bytes of a configuration; those of a file are read again as often as they may have changed.
///
/// Small files, read in place: the few microseconds are not worth a thread.
final class WatchedMaterial {
    private let material: ClusterConfiguration.Material
    private let what: String
    private let logger: Logger
    private var last: (bytes: [UInt8], readAt: Deadline)?

    /// How long what was read is taken for current. Kubernetes renews tokens long before they end.
    private static let freshness: Duration = .seconds(10)

    init(_ material: ClusterConfiguration.Material, what: String, logger: Logger) {
        self.material = material
        self.what = what
        self.logger = logger
    }

    /// Forgets how fresh the bytes are.
    func expire() {
        if let last { self.last = (last.bytes, .now.advanced(by: .zero - Self.freshness)) }
    }

    /// The bytes. When a file that has been read once cannot be read any more, what was read stands.
    ///
    /// - Throws: `unusable` with the file and the reason.
    func read() throws(AccessError) -> [UInt8] {
        let path: String
        switch material {
        case .inline(let secret): return secret.revealed
        case .file(let name): path = name
        }
        let now = Deadline.now
        if let last, last.readAt.duration(to: now) < Self.freshness { return last.bytes }
        do throws(TransportError) {
            let bytes = try FileContents.read(path)
            last = (bytes, now)
            return bytes
        } catch {
            guard let last else { throw .unusable(what: "\(what) \(path)", reason: "\(error)") }
            logger.warning("a file cannot be read again", metadata: ["file": "\(path)", "reason": "\(error)"])
            self.last = (last.bytes, now)
            return last.bytes
        }
    }
}
