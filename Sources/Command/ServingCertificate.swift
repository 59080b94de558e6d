import Transport

/// What the webhook server shows in handshakes.
enum ServingCertificate: Sendable {
    /// Files that somebody else renews.
    case files(CertificateSource)
    /// A certificate of the operator's own.
    case own(HeldCertificate)
    /// No webhooks, no certificate.
    case none

    /// Reads the files, or begins with nothing.
    ///
    /// - Throws: ``StartError`` when the files cannot be used.
    init(_ command: ServeCommand) throws(StartError) {
        guard !command.controllersOnly else {
            self = .none
            return
        }
        let options = command.tls
        guard case .files = command.certificates.mode(options), let certificate = options.tlsCert,
            let key = options.tlsKey
        else {
            self = .own(HeldCertificate(clientVerification: try Self.verification(options.clientCa)))
            return
        }
        let files = CertificateFiles(certificate: certificate, key: key, clientAuthorities: options.clientCa)
        do throws(TransportError) {
            self = .files(try CertificateSource(files))
        } catch {
            throw StartError(
                "\(error): see --tls-cert \(certificate) and --tls-key \(key); `vernemq-operator certs` makes a pair"
            )
        }
    }

    private static func verification(
        _ authorities: String?
    ) throws(StartError) -> TLSConfiguration.ClientVerification {
        guard let authorities else { return .none }
        do {
            return .required(authorities: try FileContents.read(authorities))
        } catch {
            throw StartError("--client-ca: \(error)")
        }
    }

    /// Where each handshake finds its context.
    var contexts: TLSContextSource? {
        switch self {
        case .files(let source): source.contexts
        case .own(let held): held.contexts
        case .none: nil
        }
    }

    /// When what is shown stops being valid, in seconds since 1970; nil while nothing is.
    var notAfter: Int64? {
        switch self {
        case .files(let source): source.notAfter
        case .own(let held): held.notAfter
        case .none: nil
        }
    }
}
