internal import COpenSSL

/// The steps that make a new SSL_CTX what it is to be.
@safe
struct ContextSetUp {
    private let pointer: OpaquePointer

    /// Two records and their overhead: a review of 20 KB comes in with one system call.
    private static let readBufferSize = 2 * (16 * 1024 + 256)
    /// Forward secrecy and authenticated encryption only; the suites of TLS 1.3 are all so.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    func common(from minimum: TLSVersion, to maximum: TLSVersion) throws(TransportError) {
        guard unsafe vmq_SSL_CTX_set_min_proto_version(pointer, minimum.number) == 1,
            unsafe vmq_SSL_CTX_set_max_proto_version(pointer, maximum.number) == 1,
            unsafe SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
        else { throw .takeTLS("protocol versions and ciphers") }
        _ = unsafe vmq_SSL_CTX_set_mode(pointer, VMQ_SSL_MODE)
        _ = unsafe vmq_SSL_CTX_set_read_ahead(pointer, 1)
        unsafe SSL_CTX_set_default_read_buffer_len(pointer, Self.readBufferSize)
        // Sessions are not resumed: the API server keeps none, and a ticket would outlive a change of authorities.
        _ = unsafe vmq_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        _ = unsafe SSL_CTX_set_options(pointer, VMQ_SSL_OP_CLIENT)
    }

    func server() {
        _ = unsafe SSL_CTX_set_options(pointer, VMQ_SSL_OP_SERVER)
        _ = unsafe SSL_CTX_set_num_tickets(pointer, 0)
        unsafe SSL_CTX_set_alpn_select_cb(pointer, selectApplicationProtocol, nil)
    }

    /// Loads certificates and key, and checks that they fit together.
    ///
    /// - Returns: when the certificate stops being valid, in seconds since 1970.
    func show(_ identity: TLSIdentity) throws(TransportError) -> Int64? {
        let chain = try CertificateList(pem: identity.certificateChain, of: "the certificate chain")
        try chain.checkOrder(of: "the certificate chain")
        guard let leaf = unsafe chain.all.first, unsafe SSL_CTX_use_certificate(pointer, leaf) == 1 else {
            throw .takeUnusableCertificate("the certificate cannot be used")
        }
        let issuersFit = unsafe chain.all.dropFirst().allSatisfy {
            unsafe vmq_SSL_CTX_add1_chain_cert(pointer, $0) == 1
        }
        guard issuersFit else { throw .takeUnusableCertificate("the certificate chain cannot be used") }
        let source = try PEMSource(identity.privateKey)
        // The callback keeps OpenSSL from asking for a pass phrase on the terminal.
        let key = unsafe PEM_read_bio_PrivateKey(source.bio, nil, { _, _, _, _ in -1 }, nil)
        guard let key = unsafe key else {
            throw .takeUnusableCertificate("the private key cannot be read as unencrypted PEM")
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(pointer, key) == 1, unsafe SSL_CTX_check_private_key(pointer) == 1 else {
            throw .takeUnusableCertificate("the private key is not that of the certificate")
        }
        return unsafe Self.seconds(X509_get0_notAfter(leaf))
    }

    func verifyClients(_ authorities: [UInt8], isRequired: Bool) throws(TransportError) {
        let list = try trust(authorities, of: "the client authorities")
        guard unsafe list.all.allSatisfy({ unsafe SSL_CTX_add_client_CA(pointer, $0) == 1 }) else {
            throw .takeUnusableCertificate("the client authorities cannot be used")
        }
        let mode = SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
    }

    func verifyServers(_ authorities: [UInt8]?) throws(TransportError) {
        if let authorities {
            _ = try trust(authorities, of: "the trusted certificates")
            // A certificate that is trusted by name need not be a root: clusters hand out intermediate authorities, and
            // self-signed server certificates, as Go's verifier takes them.
            _ = unsafe X509_STORE_set_flags(SSL_CTX_get_cert_store(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
        } else if unsafe SSL_CTX_set_default_verify_paths(pointer) != 1 {
            throw .takeUnusableCertificate("the system's trusted certificates cannot be read")
        }
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    /// Takes any server for what it says it is.
    func verifyNobody() {
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
    }

    private func trust(_ authorities: [UInt8], of purpose: String) throws(TransportError) -> CertificateList {
        let list = try CertificateList(pem: authorities, of: purpose)
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        guard unsafe list.all.allSatisfy({ unsafe X509_STORE_add_cert(store, $0) == 1 }) else {
            throw .takeUnusableCertificate("\(purpose) cannot be used")
        }
        return list
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        guard let time = unsafe time else { return nil }
        guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return nil }
        defer { unsafe ASN1_TIME_free(epoch) }
        var (days, seconds): (CInt, CInt) = (0, 0)
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}

extension TLSVersion {
    var number: CInt {
        switch self {
        case .v1_2: TLS1_2_VERSION
        case .v1_3: TLS1_3_VERSION
        }
    }
}

/// Agrees to `http/1.1` and nothing else. A client that offers only other protocols is refused with the alert that
/// RFC 7301, section 3.2 asks for, rather than answered in a language that it does not expect.
private let selectApplicationProtocol: SSL_CTX_alpn_select_cb_func = { _, output, outputLength, input, length, _ in
    guard let input = unsafe input, let output = unsafe output, let outputLength = unsafe outputLength else {
        return SSL_TLSEXT_ERR_NOACK
    }
    let offered = unsafe UnsafeBufferPointer(start: input, count: Int(length))
    var index = 0
    while index < offered.count {
        let start = index + 1
        let end = unsafe start + Int(offered[index])
        guard end <= offered.count else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        if unsafe offered[start..<end].elementsEqual("http/1.1".utf8) {
            unsafe output.pointee = input + start
            unsafe outputLength.pointee = UInt8(end - start)
            return SSL_TLSEXT_ERR_OK
        }
        index = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
