internal import COpenSSL

/// A private key. What the product makes is of the curve P-256; what it reads may be of any kind that OpenSSL knows.
@safe
public final class PrivateKey: Sendable {
    // SAFETY: EVP_PKEY is reference counted with atomics and is not changed after it has been made.
    nonisolated(unsafe) let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// Makes a new key on the curve P-256.
    public static func generate() throws(PKIError) -> PrivateKey {
        ERR_clear_error()
        guard let pointer = unsafe vmq_EVP_EC_gen("P-256") else { throw .takeLast("EVP_EC_gen") }
        return unsafe PrivateKey(owning: pointer)
    }

    /// Reads an unencrypted key.
    ///
    /// - Throws: `unreadable`, also for a key that asks for a pass phrase.
    public convenience init(pem: [UInt8]) throws(PKIError) {
        let source = try MemoryBIO(pem)
        // The callback keeps OpenSSL from asking for a pass phrase on the terminal.
        let pointer = unsafe PEM_read_bio_PrivateKey(source.pointer, nil, { _, _, _, _ in -1 }, nil)
        guard let pointer = unsafe pointer else {
            throw .unreadable(what: "private key", reason: PKIError.takeReason())
        }
        unsafe self.init(owning: pointer)
    }

    /// The key as unencrypted PKCS #8. Whoever holds these bytes is the owner of the certificate.
    public func pem() throws(PKIError) -> [UInt8] {
        let output = try MemoryBIO()
        let result = unsafe PEM_write_bio_PKCS8PrivateKey(output.pointer, pointer, nil, nil, 0, nil, nil)
        try PKIError.check(result, "PEM_write_bio_PKCS8PrivateKey")
        return output.bytes
    }

    /// Whether a certificate is for this key.
    public func matches(_ certificate: Certificate) -> Bool {
        ERR_clear_error()
        defer { ERR_clear_error() }
        return unsafe X509_check_private_key(certificate.pointer, pointer) == 1
    }
}
