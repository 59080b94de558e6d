import Document
import Kubernetes
import KubernetesClient
import Logging
import PKI
import Telemetry

/// Why a look came to nothing.
enum CertificateFault: Error {
    /// The API server did not do what it was asked for.
    case cluster(APIError)
    /// A certificate could not be made.
    case certificates(PKIError)
}

extension CertificateController {
    /// Does what is to be done about what was read.
    func act(on observation: Observation, isLeader: Bool) async throws(CertificateFault) -> Outcome {
        // Leader or not: whoever leads next knows what was right before.
        if let bundle = observation.state?.bundle {
            for configuration in observation.configurations where configuration.match(bundle) {
                lastRight[configuration.kind] = Set(bundle)
            }
        }
        guard isLeader || observation.secret == nil else { return .settled }
        let decision = CertificateDecision(
            now: clock(),
            state: observation.state,
            remembered: remembered,
            configurations: observation.configurations,
            policy: settings.policy
        )
        var hasChanged = false
        if let bundle = decision.bundle {
            for configuration in observation.configurations {
                if try await publish(bundle, in: configuration) { hasChanged = true }
            }
        }
        if let step = decision.step {
            try await carryOut(step, observation)
            hasChanged = true
        }
        return hasChanged ? .changed : .settled
    }

    /// Makes a configuration trust the authorities of a bundle.
    ///
    /// - Returns: false when it does so already.
    private func publish(
        _ bundle: [Certificate],
        in configuration: WebhookBundles
    ) async throws(CertificateFault) -> Bool {
        let patch: JSONPatch?
        do throws(PKIError) { patch = try configuration.patch(to: bundle) } catch { throw .certificates(error) }
        guard let patch else { return false }
        let key = ObjectKey(name: configuration.name)
        do throws(APIError) {
            try await client.patch(configuration.kind.resource, key, .json(patch))
        } catch {
            throw .cluster(error)
        }
        // What was right, and is not, although the Secret says what it said: somebody else changed it.
        let wasChanged = lastRight[configuration.kind] == Set(bundle)
        metrics.bundleWrites[[configuration.kind.label, wasChanged ? "restored" : "followed"]].increment()
        logger.notice(
            "caBundle written",
            metadata: [
                "configuration": "\(configuration.kind.rawValue)/\(configuration.name)",
                "authorities": "\(bundle.count)", "was_changed": "\(wasChanged)",
            ]
        )
        if wasChanged {
            let message = "somebody changed the caBundle of its webhooks: put the operator's authorities back"
            report(
                CertificateNews(
                    .warning,
                    "CABundleRestored",
                    message,
                    about: configuration.kind.resource.kind,
                    key,
                    uid: configuration.uid
                )
            )
        }
        return true
    }

    private func carryOut(_ step: CertificateStep, _ observation: Observation) async throws(CertificateFault) {
        let new: JSONValue
        do throws(PKIError) {
            let state = try step.carryOut(
                on: observation.state ?? (step == .restore ? remembered : nil),
                configurations: observation.configurations,
                policy: settings.policy,
                now: clock()
            )
            new = try write(state, into: observation.secret)
        } catch {
            throw .certificates(error)
        }
        let stored: JSONValue
        do throws(APIError) {
            stored =
                observation.secret == nil
                ? try await client.create(.secrets, new)
                : try await client.replace(.secrets, settings.secret, with: new)
        } catch {
            throw .cluster(error)
        }
        metrics.steps[[step.code]].increment()
        logger.notice(
            "certificates changed",
            metadata: ["step": "\(step.code)", "secret": "\(settings.secret)"]
        )
        let uid = ObjectView(stored).uid ?? ""
        if let news = CertificateNews(step, settings.secret, uid: uid) { report(news) }
    }

    private func write(_ state: CertificateState, into secret: JSONValue?) throws(PKIError) -> JSONValue {
        if let secret { return try CertificateSecret.write(state, into: secret) }
        return try CertificateSecret.make(
            state,
            name: settings.secret.name,
            namespace: settings.secret.namespace ?? "default"
        )
    }
}

extension WebhookBundles.Kind {
    /// `mutating` or `validating`.
    var label: String {
        switch self {
        case .mutating: "mutating"
        case .validating: "validating"
        }
    }
}
