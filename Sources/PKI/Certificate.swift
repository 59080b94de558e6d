internal import COpenSSL
import Glibc

/// An X.509 certificate. Immutable.
@safe
public final class Certificate: Sendable {
    // SAFETY: the X509 object is reference counted with atomics; all that reads it here is free of side effects, because
    // the cached extensions are computed in init.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
        // Fills the object's cache of extensions while nobody else can see it.
        _ = unsafe X509_check_purpose(pointer, -1, 0)
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// Reads the first certificate in the text.
    ///
    /// - Throws: `unreadable`.
    public convenience init(pem: [UInt8]) throws(PKIError) {
        let source = try MemoryBIO(pem)
        guard let pointer = unsafe PEM_read_bio_X509(source.pointer, nil, nil, nil) else {
            throw .unreadable(what: "certificate", reason: PKIError.takeReason())
        }
        unsafe self.init(owning: pointer)
    }

    /// Reads every certificate in the text, in order; other PEM blocks are passed over.
    ///
    /// - Throws: `unreadable` when there is none, or one is damaged.
    public static func list(pem: [UInt8]) throws(PKIError) -> [Certificate] {
        let source = try MemoryBIO(pem)
        var certificates: [Certificate] = []
        while let pointer = unsafe PEM_read_bio_X509(source.pointer, nil, nil, nil) {
            certificates.append(unsafe Certificate(owning: pointer))
        }
        let end = ERR_peek_last_error()
        let isEnd = vmq_ERR_GET_LIB(end) == ERR_LIB_PEM && vmq_ERR_GET_REASON(end) == PEM_R_NO_START_LINE
        guard isEnd, !certificates.isEmpty else {
            throw .unreadable(what: "certificate", reason: PKIError.takeReason())
        }
        ERR_clear_error()
        return certificates
    }

    /// The certificate as PEM.
    public func pem() throws(PKIError) -> [UInt8] {
        let output = try MemoryBIO()
        try PKIError.check(unsafe PEM_write_bio_X509(output.pointer, pointer), "PEM_write_bio_X509")
        return output.bytes
    }

    /// The first moment at which it is valid, in seconds since 1970.
    public var notBefore: Int64 { unsafe Self.seconds(X509_get0_notBefore(pointer)) }

    /// The last moment at which it is valid, in seconds since 1970.
    public var notAfter: Int64 { unsafe Self.seconds(X509_get0_notAfter(pointer)) }

    /// Whether it is valid at a moment, in seconds since 1970.
    public func isValid(at moment: Int64) -> Bool { notBefore <= moment && moment <= notAfter }

    /// Whether it may sign other certificates.
    public var isAuthority: Bool { unsafe X509_check_ca(pointer) == 1 }

    /// The serial number in hexadecimal digits.
    public var serialNumber: String {
        guard let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil) else { return "" }
        defer { unsafe BN_free(number) }
        guard let text = unsafe BN_bn2hex(number) else { return "" }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe String(cString: text).lowercased()
    }

    /// The common name of the subject, empty where there is none.
    public var commonName: String {
        guard let subject = unsafe X509_get_subject_name(pointer) else { return "" }
        let index = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0, let entry = unsafe X509_NAME_get_entry(subject, index) else { return "" }
        return unsafe Self.text(X509_NAME_ENTRY_get_data(entry))
    }

    /// Whether the certificate is good for a host name or an IP address.
    public func covers(_ name: SubjectName) -> Bool {
        switch name {
        case .dns(let name): unsafe X509_check_host(pointer, name, name.utf8.count, 0, nil) == 1
        case .ip(let address): unsafe X509_check_ip_asc(pointer, address, 0) == 1
        }
    }

    /// Whether the key of another certificate signed this one, and that certificate may sign.
    public func isSigned(by issuer: Certificate) -> Bool {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard unsafe X509_check_issued(issuer.pointer, pointer) == X509_V_OK else { return false }
        return unsafe X509_verify(pointer, X509_get0_pubkey(issuer.pointer)) == 1
    }

    private static func text(_ string: UnsafePointer<ASN1_STRING>?) -> String {
        var text: UnsafeMutablePointer<UInt8>?
        let length = unsafe ASN1_STRING_to_UTF8(&text, string)
        guard length >= 0, let text = unsafe text else { return "" }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return 0 }
        defer { unsafe ASN1_TIME_free(epoch) }
        var (days, seconds): (CInt, CInt) = (0, 0)
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return 0 }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}

extension Certificate: Hashable {
    /// Whether both are the same certificate, byte for byte.
    public static func == (left: Certificate, right: Certificate) -> Bool {
        unsafe X509_cmp(left.pointer, right.pointer) == 0
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(serialNumber)
    }
}
