import Kubernetes
import Logging
import Telemetry
import Transport

/// What we show the API server at a time.
struct Credential: Sendable, Hashable {
    /// The value of `Authorization`.
    var authorization: Secret<String>?
    /// The certificate to show in the handshake.
    var identity: TLSIdentity?
    /// When a plugin's credential ends, in seconds since 1970; nil for never.
    var expiresAt: Int?
}

/// Keeps credentials current: files are read again, plugins are run again. Belongs to its loop's thread.
final class CredentialSource {
    private let authorization: ClusterConfiguration.Authorization
    private let certificate: (chain: WatchedMaterial, key: WatchedMaterial)?
    private let tokenFile: WatchedMaterial?
    private let origin: String
    private let queue: WaitQueue
    private var isRunningPlugin = false
    private var pluginCredential: Credential?
    private var pluginFailure: (error: AccessError, at: Deadline)?

    /// How long a plugin that failed is left alone.
    private static let failurePause: Duration = .seconds(2)
    /// How long before its end a credential is renewed, in seconds: a request under way must not outlive it.
    private static let renewalMargin = 10

    init(_ configuration: ClusterConfiguration, on loop: EventLoop, logger: Logger) {
        authorization = configuration.authorization
        origin = configuration.origin
        certificate = configuration.clientCertificate.map {
            (
                WatchedMaterial($0.chain, what: "client-certificate", logger: logger),
                WatchedMaterial($0.key, what: "client-key", logger: logger)
            )
        }
        tokenFile =
            if case .tokenFile(let path, _) = configuration.authorization {
                WatchedMaterial(.file(path), what: "the token file", logger: logger)
            } else {
                nil
            }
        queue = WaitQueue(on: loop)
    }

    /// What to show now.
    func current(until deadline: Deadline) async throws(AccessError) -> Credential {
        var credential = Credential()
        if let certificate {
            let (chain, key) = (try certificate.chain.read(), try certificate.key.read())
            credential.identity = TLSIdentity(certificateChain: chain, privateKey: key)
        }
        switch authorization {
        case .none: break
        case .token(let token): credential.authorization = try bearer(token.revealed)
        case .tokenFile(_, let fallback): credential.authorization = try fileToken(fallback)
        case .basic(let user, let password):
            let pair = Base64.encode(Array("\(user):\(password.revealed)".utf8))
            credential.authorization = Secret("Basic \(pair)")
        case .plugin(let plugin):
            let issued = try await issue(by: plugin, until: deadline)
            credential.authorization = issued.authorization
            credential.identity = issued.identity ?? credential.identity
        }
        return credential
    }

    /// Takes note of a 401.
    func refused(_ authorization: Secret<String>?) {
        tokenFile?.expire()
        if let pluginCredential, pluginCredential.authorization == authorization { self.pluginCredential = nil }
    }

    private func fileToken(_ fallback: Secret<String>?) throws(AccessError) -> Secret<String>? {
        guard let tokenFile else { return nil }
        do throws(AccessError) {
            return try bearer(String(decoding: try tokenFile.read(), as: UTF8.self))
        } catch {
            guard let fallback else { throw error }
            return try bearer(fallback.revealed)
        }
    }

    private func bearer(_ token: String) throws(AccessError) -> Secret<String> {
        let trimmed = token.trimmingWhitespace
        // A token with a line break inside would write further header fields.
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .unusable(what: "the token of \(origin)", reason: "it is empty or has characters that no token has")
        }
        return Secret("Bearer \(trimmed)")
    }

    /// Runs the plugin if there is no credential of its that is still good. Whoever comes meanwhile waits.
    private func issue(by plugin: ExecPlugin, until deadline: Deadline) async throws(AccessError) -> Credential {
        while true {
            if let credential = pluginCredential, isGood(credential) { return credential }
            if let failure = pluginFailure, failure.at.elapsed < Self.failurePause { throw failure.error }
            if !isRunningPlugin { break }
            do { try await queue.wait(until: deadline) } catch { throw .transport(error) }
        }
        isRunningPlugin = true
        defer {
            isRunningPlugin = false
            queue.resumeAll()
        }
        do throws(AccessError) {
            let credential = try await plugin.issue()
            (pluginCredential, pluginFailure) = (credential, nil)
            return credential
        } catch {
            if error != .transport(.cancelled) { pluginFailure = (error, .now) }
            throw error
        }
    }

    private func isGood(_ credential: Credential) -> Bool {
        guard let end = credential.expiresAt else { return true }
        return end.subtractingReportingOverflow(Self.renewalMargin).partialValue > UTCTime.now.seconds
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmingWhitespace: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
