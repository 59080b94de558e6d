internal import COpenSSL

/// Bytes in memory as OpenSSL reads and writes them.
@safe
final class MemoryBIO {
    let pointer: OpaquePointer

    /// Begins with bytes to read, or with none, to write.
    init(_ bytes: [UInt8] = []) throws(PKIError) {
        ERR_clear_error()
        guard let pointer = unsafe BIO_new(BIO_s_mem()) else { throw .takeLast("BIO_new") }
        unsafe self.pointer = pointer
        if !bytes.isEmpty {
            try PKIError.check(unsafe BIO_write(pointer, bytes, CInt(clamping: bytes.count)), "BIO_write")
        }
    }

    deinit {
        unsafe BIO_free(pointer)
    }

    /// What has been written and not yet read.
    var bytes: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe vmq_BIO_get_mem_data(pointer, &start)
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: max(0, count)))
    }
}
