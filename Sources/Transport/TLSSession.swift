internal import COpenSSL
import Glibc

/// TLS on one connection: an SSL object that reads and writes the socket itself and says what it waits for.
@safe
final class TLSSession {
    private let pointer: OpaquePointer
    /// Keeps what the SSL object points to.
    private let context: TLSContext
    private var hasFailed = false

    /// The server's side of a session on a connected socket.
    init(server context: TLSContext, descriptor: CInt) throws(TransportError) {
        self.context = context
        unsafe pointer = try Self.makeSession(context, descriptor)
        unsafe SSL_set_accept_state(pointer)
    }

    /// The client's side; the certificate must be for `serverName`, which is an IP address or a host name.
    init(client context: TLSContext, serverName: String, descriptor: CInt) throws(TransportError) {
        self.context = context
        unsafe pointer = try Self.makeSession(context, descriptor)
        unsafe SSL_set_connect_state(pointer)
        var isSet = true
        if IPAddress(serverName) != nil {
            isSet = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(pointer), serverName) == 1
        } else {
            unsafe SSL_set_hostflags(pointer, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            isSet =
                unsafe SSL_set1_host(pointer, serverName) == 1
                && vmq_SSL_set_tlsext_host_name(pointer, serverName) == 1
        }
        let protocols = context.applicationProtocols
        if !protocols.isEmpty {
            // Unlike its siblings this function returns 0 on success.
            isSet = unsafe SSL_set_alpn_protos(pointer, protocols, UInt32(clamping: protocols.count)) == 0 && isSet
        }
        guard isSet else { throw .takeTLS("server name \(serverName)") }
    }

    deinit {
        unsafe SSL_free(pointer)
    }

    /// Goes on with the handshake. `done` says that it is over.
    func handshake() throws(TransportError) -> IOStep {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(pointer)
        return result == 1 ? .done(0) : try step(after: result)
    }

    /// Reads decrypted bytes: those of one record, and of further ones that have already come in.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> IOStep {
        var count = 0
        repeat {
            ERR_clear_error()
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let result = unsafe SSL_read(pointer, rest.baseAddress, CInt(clamping: rest.count))
            if result <= 0 {
                // What has been read is handed over first; the same result comes again next time.
                return count > 0 ? .done(count) : try step(after: result)
            }
            count += Int(result)
        } while unsafe count < buffer.count && SSL_has_pending(pointer) == 1
        return .done(count)
    }

    /// Encrypts and sends bytes from an offset on: those of one record.
    func write(_ bytes: [UInt8], from offset: Int) throws(TransportError) -> IOStep {
        ERR_clear_error()
        let result = unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
            return unsafe SSL_write(pointer, rest.baseAddress, CInt(clamping: rest.count))
        }
        return result > 0 ? .done(Int(result)) : try step(after: result)
    }

    /// Sends the closing alert if it can be sent now. After a failure the protocol forbids it.
    func shutDown() {
        guard !hasFailed, unsafe SSL_is_init_finished(pointer) == 1 else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(pointer)
        ERR_clear_error()
    }

    /// What the handshake agreed on.
    var info: TLSConnectionInfo {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        unsafe SSL_get0_alpn_selected(pointer, &name, &length)
        let applicationProtocol = unsafe name.map {
            unsafe String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
        }
        let cipher = unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(pointer)).map { unsafe String(cString: $0) }
        return TLSConnectionInfo(
            version: unsafe SSL_get_version(pointer).map { unsafe String(cString: $0) } ?? "",
            cipherSuite: cipher ?? "",
            applicationProtocol: applicationProtocol,
            peerCommonName: context.identifiesPeer ? peerCommonName : nil
        )
    }

    private var peerCommonName: String? {
        guard let certificate = unsafe SSL_get0_peer_certificate(pointer),
            unsafe SSL_get_verify_result(pointer) == Int(X509_V_OK),
            let subject = unsafe X509_get_subject_name(certificate)
        else { return nil }
        let index = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        // Of two names each reader would believe another one.
        guard index >= 0, unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, index) < 0,
            let entry = unsafe X509_NAME_get_entry(subject, index)
        else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let length = unsafe ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
        guard length >= 0, let text = unsafe text else { return nil }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
    }

    private func step(after result: CInt) throws(TransportError) -> IOStep {
        let systemError = errno
        let kind = unsafe SSL_get_error(pointer, result)
        switch kind {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .done(0)
        case SSL_ERROR_SYSCALL:
            hasFailed = true
            if systemError == 0 { throw .truncated }
            throw .system(call: "SSL", errno: systemError)
        default:
            hasFailed = true
            let code = ERR_peek_error()
            if vmq_ERR_GET_LIB(code) == ERR_LIB_SSL, vmq_ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING {
                ERR_clear_error()
                throw .truncated
            }
            throw .takeTLS(verificationProblem)
        }
    }

    /// What was wrong with the peer's certificate, if that was the trouble.
    private var verificationProblem: String {
        let result = unsafe SSL_get_verify_result(pointer)
        guard result != Int(X509_V_OK) else { return "" }
        return unsafe X509_verify_cert_error_string(result).map { unsafe String(cString: $0) } ?? ""
    }

    private static func makeSession(_ context: TLSContext, _ descriptor: CInt) throws(TransportError) -> OpaquePointer {
        ERR_clear_error()
        guard let pointer = unsafe SSL_new(context.pointer) else { throw .takeTLS("SSL_new") }
        guard unsafe SSL_set_fd(pointer, descriptor) == 1 else {
            unsafe SSL_free(pointer)
            throw .takeTLS("SSL_set_fd")
        }
        return unsafe pointer
    }
}
