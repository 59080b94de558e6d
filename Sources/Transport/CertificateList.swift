internal import COpenSSL

/// Certificates read from PEM text. Owns the C objects.
@safe
final class CertificateList {
    private var certificates: [OpaquePointer] = unsafe []

    /// Reads every certificate in the text; other PEM blocks are passed over.
    ///
    /// - Throws: `unusableCertificate` when there is none, or when one cannot be read.
    init(pem: [UInt8], of purpose: String) throws(TransportError) {
        ERR_clear_error()
        let source = try PEMSource(pem)
        while let certificate = unsafe PEM_read_bio_X509(source.bio, nil, nil, nil) {
            unsafe certificates.append(certificate)
        }
        let end = ERR_peek_last_error()
        guard vmq_ERR_GET_LIB(end) == ERR_LIB_PEM, vmq_ERR_GET_REASON(end) == PEM_R_NO_START_LINE else {
            throw .takeUnusableCertificate("\(purpose) cannot be read as PEM certificates")
        }
        ERR_clear_error()
        if unsafe certificates.isEmpty {
            throw .unusableCertificate("\(purpose) has no PEM block \"BEGIN CERTIFICATE\"")
        }
    }

    deinit {
        unsafe certificates.forEach { unsafe X509_free($0) }
    }

    var all: [OpaquePointer] { unsafe certificates }

    /// Checks that each certificate was signed by the one that follows.
    func checkOrder(of purpose: String) throws(TransportError) {
        let isInOrder = unsafe zip(certificates, certificates.dropFirst()).allSatisfy { subject, issuer in
            unsafe X509_check_issued(issuer, subject) == X509_V_OK
        }
        guard isInOrder else {
            throw .unusableCertificate(
                "\(purpose) is out of order: each certificate must be followed by that of its issuer"
            )
        }
    }
}

/// PEM text as OpenSSL reads it. Keeps the bytes alive.
@safe
final class PEMSource {
    let bio: OpaquePointer

    init(_ bytes: [UInt8]) throws(TransportError) {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw .takeTLS("BIO_new") }
        unsafe self.bio = bio
        let written = unsafe BIO_write(bio, bytes, CInt(clamping: bytes.count))
        guard bytes.isEmpty || Int(written) == bytes.count else { throw .takeTLS("BIO_write") }
    }

    deinit {
        unsafe BIO_free(bio)
    }
}
