public import PKI
import Telemetry

extension CertificateStep {
    /// What the Secret holds after the step.
    ///
    /// - Parameters:
    ///   - state: what it holds before; for ``restore``, what it held.
    ///   - configurations: the webhook configurations: when there is nothing else to go by, authorities that they name
    ///     are trusted on, for the sake of replicas that still show their certificates.
    ///   - policy: what the certificates are to be like.
    ///   - now: this moment, in seconds since 1970.
    /// - Throws: what the library refused; nothing has changed then.
    public func carryOut(
        on state: CertificateState?,
        configurations: [WebhookBundles],
        policy: CertificatePolicy,
        now: Int64
    ) throws(PKIError) -> CertificateState {
        var state = state ?? CertificateState()
        switch self {
        case .create, .startOver:
            let trusted = state.bundle + configurations.flatMap(\.authorities).flatMap { $0 }
            let authority = try Self.makeAuthority(policy, now)
            state = CertificateState(
                authority: .init(authority),
                previous: Self.stillValid(trusted, at: now),
                serving: .init(try Self.sign(by: authority, policy, now)),
                promoted: now
            )
        case .restore:
            if state.next == nil {
                state.next = .init(try Self.makeAuthority(policy, now))
                state.published = nil
            }
        case .issueServing:
            guard let authority = state.authority?.credential else { throw .authorityExpired }
            state.serving = .init(try Self.sign(by: authority, policy, now))
        case .beginRotation:
            state.next = .init(try Self.makeAuthority(policy, now))
            state.published = nil
        case .notePublished: state.published = now
        case .withdrawPublished: state.published = nil
        case .promote:
            guard let next = state.next?.credential else { throw .authorityExpired }
            let trusted = [state.authority?.certificate].compactMap { $0 } + state.previous
            state = CertificateState(
                authority: .init(next),
                previous: Self.stillValid(trusted, at: now).filter { $0 != next.certificate },
                serving: .init(try Self.sign(by: next, policy, now)),
                promoted: now
            )
        case .retire:
            state.previous = []
            state.promoted = nil
        }
        return state
    }

    private static func makeAuthority(_ policy: CertificatePolicy, _ now: Int64) throws(PKIError) -> Credential {
        // Different for each authority, also when two are made in one second: clients look authorities up by their names.
        let moment = UTCTime(secondsSince1970: Int(clamping: now)).description
        let mark = String(UInt32.random(in: .min ... .max), radix: 36)
        let authority = try CertificateAuthority(
            commonName: "vernemq-operator webhooks \(moment) \(mark)",
            lifetime: .seconds(policy.authorityLifetime),
            now: now
        )
        return authority.credential
    }

    private static func sign(
        by authority: Credential,
        _ policy: CertificatePolicy,
        _ now: Int64
    ) throws(PKIError) -> Credential {
        try CertificateAuthority(authority).issueServer(
            names: policy.names,
            lifetime: .seconds(policy.servingLifetime),
            now: now
        )
    }

    /// Authorities that are worth trusting, without repetitions, and not without end.
    private static func stillValid(_ certificates: [Certificate], at now: Int64) -> [Certificate] {
        var result: [Certificate] = []
        for certificate in certificates
        where certificate.isAuthority && certificate.notAfter > now && !result.contains(certificate) {
            result.append(certificate)
        }
        return Array(result.prefix(8))
    }
}
