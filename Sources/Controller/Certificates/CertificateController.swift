import Document
public import HTTP
import Kubernetes
public import KubernetesClient
public import Logging
import PKI
public import Telemetry
public import Transport

/// Looks after the webhooks' certificates: reads the webhook configurations and the Secret, shows what is to be shown, and
/// changes what is to be changed. Belongs to the thread of the client's loop.
///
/// Every replica runs one. All of them show; the leader alone writes, but for a Secret that is not there: whoever comes
/// first makes it, so that no replica waits for an election to become ready.
public final class CertificateController {
    /// What a look came to.
    public enum Outcome: Sendable, Hashable {
        /// There was nothing to do.
        case settled
        /// Something was written, or somebody else was quicker: look again at once.
        case changed
        /// The Secret belongs to somebody else. Nothing was done.
        case foreignSecret
        /// It did not work; the next look tries again.
        case failed
    }

    /// What was read, the webhook configurations first.
    struct Observation {
        var configurations: [WebhookBundles]
        var secret: JSONValue?
        var state: CertificateState?
    }

    let settings: CertificateSettings
    let client: APIClient
    let logger: Logger
    let metrics: CertificateMetrics
    let clock: @Sendable () -> Int64
    let report: (CertificateNews) -> Void

    private let held: HeldCertificate
    private let readiness: Readiness
    private let wakeUp: WaitQueue
    /// What is shown now.
    private var shown: Certificate?
    /// What the Secret held when it was last seen.
    var remembered: CertificateState?
    /// The authorities that each configuration was seen to have, all of those that it was to have.
    var lastRight: [WebhookBundles.Kind: Set<Certificate>] = [:]
    private var lastFailure: String?
    private var lastDamage: [String] = []

    /// How soon to look again after a change, and how often at most in a row.
    private static let haste: Duration = .milliseconds(200)

    /// Makes a controller.
    ///
    /// - Parameters:
    ///   - settings: what to look after.
    ///   - client: the way to the API server.
    ///   - held: what the webhook server shows.
    ///   - readiness: where `certificate` becomes true once the API server accepts what is shown.
    ///   - metrics: where to count.
    ///   - logger: where changes and failures are told.
    ///   - clock: seconds since 1970.
    ///   - report: takes what is fit for events.
    public init(
        _ settings: CertificateSettings,
        client: APIClient,
        held: HeldCertificate,
        readiness: Readiness,
        metrics: MetricRegistry,
        logger: Logger,
        clock: @escaping @Sendable () -> Int64 = { Int64(UTCTime.now.seconds) },
        report: @escaping (CertificateNews) -> Void = { _ in }
    ) {
        self.settings = settings
        self.client = client
        self.held = held
        self.readiness = readiness
        self.metrics = CertificateMetrics(metrics)
        self.logger = logger
        self.clock = clock
        self.report = report
        wakeUp = WaitQueue(on: client.loop)
        if readiness["certificate"] != .ready { readiness["certificate"] = .notReady(reason: "no certificate yet") }
    }

    /// Looks again and again until the task is cancelled. The task must be on the client's loop.
    ///
    /// - Parameter isLeader: whether this replica leads now; asked before each look.
    public func run(isLeader: @Sendable () -> Bool) async {
        while !Task.isCancelled {
            let outcome = await look(isLeader: isLeader())
            let pause = outcome == .changed ? Self.haste : settings.interval
            do throws(TransportError) {
                try await wakeUp.wait(until: .after(pause))
            } catch {
                if error != .timedOut { return }
            }
        }
    }

    /// Has ``run(isLeader:)`` look at once: leadership has come, or a watch has seen something.
    public func lookNow() {
        wakeUp.resumeAll()
    }

    /// Looks once.
    public func look(isLeader: Bool) async -> Outcome {
        do throws(CertificateFault) {
            let observation = try await observed()
            show(observation)
            if let secret = observation.secret, CertificateSecret.isForeign(secret) { return refuse(secret) }
            let outcome = try await act(on: observation, isLeader: isLeader)
            lastFailure = nil
            return outcome
        } catch {
            return fail(error)
        }
    }

    /// What this replica shows; nil for nothing yet.
    var shownCertificate: Certificate? { shown }

    // MARK: Reading

    private func observed() async throws(CertificateFault) -> Observation {
        do throws(APIError) { return try await observe() } catch { throw .cluster(error) }
    }

    /// The order matters: see ``CertificateDecision``.
    private func observe() async throws(APIError) -> Observation {
        var configurations: [WebhookBundles] = []
        for (kind, name) in settings.configurations {
            if let found = try await client.find(kind.resource, ObjectKey(name: name)) {
                configurations.append(WebhookBundles(kind, found))
            }
        }
        let secret = try await client.find(.secrets, settings.secret)
        guard let secret, !CertificateSecret.isForeign(secret) else {
            return Observation(configurations: configurations, secret: secret)
        }
        let (state, damaged) = CertificateSecret.read(secret)
        if damaged != lastDamage, !damaged.isEmpty {
            logger.warning(
                "entries of the Secret cannot be read",
                metadata: ["secret": "\(settings.secret)", "entries": "\(damaged.joined(separator: ", "))"]
            )
        }
        lastDamage = damaged
        remembered = state
        return Observation(configurations: configurations, secret: secret, state: state)
    }

    // MARK: Showing

    private func show(_ observation: Observation) {
        let now = clock()
        let choice = ServingChoice(
            shown: shown,
            state: observation.state,
            configurations: observation.configurations,
            now: now
        )
        if case .show(let credential) = choice { show(credential) }
        metrics.rotating[[]].set((observation.state?.bundle.count ?? 0) > 1 ? 1 : 0)
        if let authority = observation.state?.authority {
            metrics.authorityExpiry[[]].set(Double(authority.certificate.notAfter))
        }
        judge(observation, at: now)
    }

    private func show(_ credential: Credential) {
        do {
            let identity = TLSIdentity(
                certificateChain: try credential.certificate.pem(),
                privateKey: try credential.key.pem()
            )
            if try held.show(identity) {
                logger.notice(
                    "certificate replaced",
                    metadata: [
                        "not_after": "\(UTCTime(secondsSince1970: Int(clamping: credential.certificate.notAfter)))"
                    ]
                )
            }
            shown = credential.certificate
        } catch {
            logger.error("certificate not replaced", metadata: ["reason": "\(error)"])
        }
    }

    /// Once ready, a replica stays so while its certificate is valid: were all of them to leave because somebody cleared
    /// a caBundle, the outage would last beyond its repair.
    private func judge(_ observation: Observation, at now: Int64) {
        guard let shown else { return }
        if !shown.isValid(at: now) {
            readiness["certificate"] = .notReady(reason: "the certificate has expired")
        } else if ServingChoice.isAccepted(shown, by: observation.configurations, at: now) {
            readiness["certificate"] = .ready
        } else if readiness["certificate"] != .ready {
            readiness["certificate"] = .notReady(reason: "the certificate's authority is not in every caBundle yet")
        }
    }

    // MARK: Failing

    private func refuse(_ secret: JSONValue) -> Outcome {
        let message =
            "the Secret \(settings.secret) holds somebody else's data: name another one, delete it, "
            + "or serve its certificate with --certificates=files"
        tell(message) {
            logger.error("the Secret is not the operator's", metadata: ["reason": "\(message)"])
            let uid = ObjectView(secret).uid ?? ""
            report(CertificateNews(.warning, "ForeignSecret", message, about: .secret, settings.secret, uid: uid))
        }
        metrics.failures[["foreign-secret"]].increment()
        return .foreignSecret
    }

    private func fail(_ fault: CertificateFault) -> Outcome {
        let (code, reason): (String, String)
        switch fault {
        // Another replica was quicker, or a person: look again.
        case .cluster(.conflict), .cluster(.alreadyExists): return .changed
        case .cluster(let error):
            if error.isCancelled { return .failed }
            (code, reason) = (error.code, "\(error)")
        case .certificates(let error): (code, reason) = ("pki", "\(error)")
        }
        metrics.failures[[code]].increment()
        tell(code) { logger.warning("certificates could not be looked after", metadata: ["reason": "\(reason)"]) }
        return .failed
    }

    /// Says something unless it was the last thing that was said.
    private func tell(_ what: String, _ body: () -> Void) {
        if lastFailure == what { return }
        lastFailure = what
        body()
    }
}
