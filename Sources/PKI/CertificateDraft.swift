internal import COpenSSL

/// A certificate that has not been signed yet.
@safe
final class CertificateDraft {
    /// Nil once it has been signed and handed over.
    private var pointer: OpaquePointer?

    /// Bits of a serial number: too many to guess, or to meet twice (RFC 5280 allows 160).
    private static let serialBits: CInt = 128

    init(
        commonName: String,
        organizations: [String] = [],
        from start: Int64,
        to end: Int64,
        key: PrivateKey
    ) throws(PKIError) {
        ERR_clear_error()
        guard let pointer = unsafe X509_new() else { throw .takeLast("X509_new") }
        unsafe self.pointer = pointer
        try PKIError.check(unsafe X509_set_version(pointer, Int(X509_VERSION_3)), "X509_set_version")
        try setSerialNumber()
        try unsafe setTime(X509_getm_notBefore(pointer), start)
        try unsafe setTime(X509_getm_notAfter(pointer), end)
        try PKIError.check(unsafe X509_set_pubkey(pointer, key.pointer), "X509_set_pubkey")
        for organization in organizations { try addToSubject(NID_organizationName, organization) }
        try addToSubject(NID_commonName, commonName)
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// Adds an extension, in the language of OpenSSL's configuration files.
    ///
    /// - Parameter issuer: whose key identifier is meant; nil where it does not matter.
    func add(_ kind: CInt, _ value: String, issuer: Certificate? = nil) throws(PKIError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer?.pointer ?? pointer, pointer, nil, nil, 0)
        guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else {
            throw .takeLast("X509V3_EXT_conf_nid")
        }
        defer { unsafe X509_EXTENSION_free(made) }
        try PKIError.check(unsafe X509_add_ext(pointer, made, -1), "X509_add_ext")
    }

    /// Signs the certificate and hands it over. The draft is empty afterwards.
    ///
    /// - Parameters:
    ///   - issuer: the authority's certificate; nil for one that signs itself.
    ///   - key: the authority's key.
    func sign(by issuer: Certificate?, _ key: PrivateKey) throws(PKIError) -> Certificate {
        let subject = unsafe X509_get_subject_name(issuer?.pointer ?? pointer)
        try PKIError.check(unsafe X509_set_issuer_name(pointer, subject), "X509_set_issuer_name")
        try PKIError.check(unsafe X509_sign(pointer, key.pointer, EVP_sha256()), "X509_sign")
        guard let signed = unsafe pointer.take() else { throw .library(call: "sign", reason: "signed before") }
        return unsafe Certificate(owning: signed)
    }

    private func setSerialNumber() throws(PKIError) {
        guard let number = unsafe BN_new() else { throw .takeLast("BN_new") }
        defer { unsafe BN_free(number) }
        try PKIError.check(
            unsafe BN_rand(number, Self.serialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY),
            "BN_rand"
        )
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else {
            throw .takeLast("BN_to_ASN1_INTEGER")
        }
    }

    private func setTime(_ time: UnsafeMutablePointer<ASN1_TIME>?, _ seconds: Int64) throws(PKIError) {
        guard unsafe ASN1_TIME_set(time, Int(seconds)) != nil else { throw .takeLast("ASN1_TIME_set") }
    }

    private func addToSubject(_ kind: CInt, _ text: String) throws(PKIError) {
        let bytes = Array(text.utf8)
        let result = unsafe X509_NAME_add_entry_by_NID(
            X509_get_subject_name(pointer),
            kind,
            MBSTRING_UTF8,
            bytes,
            CInt(clamping: bytes.count),
            -1,
            0
        )
        try PKIError.check(result, "X509_NAME_add_entry_by_NID")
    }
}
