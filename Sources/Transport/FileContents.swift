import Glibc

/// A small file as a whole.
public enum FileContents {
    /// Certificates, keys and tokens are far smaller; what is larger is not one.
    private static let maximumSize = 1024 * 1024

    /// Reads a file, which blocks for as long as the disk takes.
    ///
    /// - Throws: `system` with the kernel's reason, or EFBIG for a file of more than 1 MiB.
    public static func read(_ path: String) throws(TransportError) -> [UInt8] {
        let file = try FileDescriptor(
            retryingOnInterrupt { unsafe open(path, O_RDONLY | O_CLOEXEC) },
            from: "open"
        )
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let number = file.number
            let count = unsafe buffer.withUnsafeMutableBytes { buffer in
                retryingOnInterrupt { unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
            }
            if count < 0 { throw .system("read") }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            if bytes.count > maximumSize { throw .system(call: "read", errno: EFBIG) }
        }
    }
}
