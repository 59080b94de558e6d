import COpenSSL
import Foundation

/// The API server's side of TLS, with a real certificate that curl verifies.
@safe final class TLSContext: Sendable {
    // SAFETY: OpenSSL's SSL_CTX may be used by many threads once it is set up; it is set up in init and freed in deinit.
    private nonisolated(unsafe) let context: OpaquePointer

    init?(certificate: String, key: String) {
        guard let made = unsafe SSL_CTX_new(TLS_server_method()) else { return nil }
        unsafe context = made
        guard unsafe SSL_CTX_use_certificate_chain_file(made, certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) == 1
        else { return nil }
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// Serves one request on a connection.
    func serve(_ connection: Connection, _ answer: (HTTPRequest) -> [UInt8]) {
        guard let session = unsafe SSL_new(context) else { return connection.close() }
        // OpenSSL writes without MSG_NOSIGNAL, and a client may be gone: a killed hook's would end the whole test run. The
        // signal goes to the thread that writes, and stays with it.
        var pipe = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            var now = timespec()
            unsafe sigtimedwait(&pipe, nil, &now)
            unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        defer {
            unsafe SSL_free(session)
            connection.close()
        }
        unsafe SSL_set_fd(session, connection.descriptor)
        guard unsafe SSL_accept(session) == 1 else { return }
        let request = HTTPRequest {
            var buffer = [UInt8](repeating: 0, count: 8192)
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe SSL_read(session, $0.baseAddress, Int32($0.count))
            }
            return count > 0 ? Array(buffer[0..<Int(count)]) : nil
        }
        guard let request else { return }
        let response = answer(request)
        _ = unsafe response.withUnsafeBytes { unsafe SSL_write(session, $0.baseAddress, Int32($0.count)) }
        unsafe SSL_shutdown(session)
    }
}
