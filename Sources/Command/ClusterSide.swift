import Controller
import HTTP
import Kubernetes
import KubernetesClient
import Logging
import PKI
import Telemetry
import Transport
import VerneMQ

/// The part of `serve` that works with the API server, on a loop of its own: controllers, and certificates of the
/// operator's own.
struct ClusterSide: Sendable {
    /// The loop that everything of it lives on.
    let loop: EventLoop
    /// Whether this process may run controllers.
    var runsControllers: Bool { controllers != nil }

    private let elector: LeaderElector
    private let recorder: EventRecorder
    private let controllers: ControllerService?
    private let certificates: LoopBound<CertificateController>?

    /// Connects nothing yet. Nil where the API server is asked nothing.
    ///
    /// - Throws: ``StartError`` when it cannot be known where the API server is.
    static func make(
        _ command: ServeCommand,
        _ certificate: ServingCertificate,
        _ readiness: Readiness,
        _ registry: MetricRegistry,
        _ logger: Logger
    ) async throws(StartError) -> ClusterSide? {
        var held: HeldCertificate?
        if case .own(let own) = certificate { held = own }
        guard !command.webhookOnly || held != nil else { return nil }
        let cluster = try configuration(command.cluster)
        let namespace =
            command.cluster.operatorNamespace ?? Subprocess.environmentValue("POD_NAMESPACE") ?? cluster.namespace
        let settings = try held.map { _ throws(StartError) in try certificateSettings(command, namespace) }
        let loop = try Serving.startLoop("cluster")
        do {
            return try await loop.run { [held] in
                make(command, cluster, namespace, settings, held, readiness, registry, logger, on: loop)
            }
        } catch {
            throw StartError("the controllers cannot be started: \(error)")
        }
    }

    private static func make(
        _ command: ServeCommand,
        _ cluster: ClusterConfiguration,
        _ namespace: String,
        _ certificateSettings: CertificateSettings?,
        _ held: HeldCertificate?,
        _ readiness: Readiness,
        _ registry: MetricRegistry,
        _ logger: Logger,
        on loop: EventLoop
    ) -> ClusterSide {
        let configuration = ClientConfiguration(
            userAgent: "vernemq-operator/\(Release.version)",
            rate: command.cluster.apiRate,
            burst: command.cluster.apiBurst
        )
        let client = APIClient(cluster, configuration, on: loop, metrics: registry, logger: logger)
        let identity = identity(command.controllers)
        // Webhooks alone elect among themselves who looks after the certificates.
        let lease = command.controllers.lease + (command.webhookOnly ? "-webhooks" : "")
        let elector = LeaderElector(
            client,
            ObjectKey(namespace: namespace, name: lease),
            identity: identity,
            timing: LeaseTiming(
                duration: command.controllers.leaseDuration.duration,
                renewDeadline: command.controllers.renewDeadline.duration,
                retryPeriod: command.controllers.retryPeriod.duration
            ),
            metrics: registry,
            logger: logger
        )
        let recorder = EventRecorder(
            client,
            component: "vernemq-operator",
            instance: identity,
            metrics: registry,
            logger: logger
        )
        var controllers: ControllerService?
        if !command.webhookOnly {
            let settings = ControllerSettings(
                version: Release.version,
                namespace: command.cluster.namespace,
                workers: command.controllers.workers,
                resync: command.controllers.resync.duration,
                minimumUptime: command.controllers.minimumUptime.duration,
                pluginPolicy: command.plugins.policy
            )
            controllers = ControllerService(
                settings,
                client: client,
                elector: elector,
                recorder: recorder,
                metrics: registry,
                logger: logger
            )
        }
        var certificates: LoopBound<CertificateController>?
        if let certificateSettings, let held {
            let controller = CertificateController(
                certificateSettings,
                client: client,
                held: held,
                readiness: readiness,
                metrics: registry,
                logger: logger,
                report: { news in recorder.record(news.note) }
            )
            certificates = LoopBound(controller, on: loop)
        }
        return ClusterSide(
            loop: loop,
            elector: elector,
            recorder: recorder,
            controllers: controllers,
            certificates: certificates
        )
    }

    /// Works until ``resign()``, then gives the Lease back and tells the last events.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await recorder.run() }
            await withDiscardingTaskGroup { inner in
                if let certificates {
                    inner.addTask { await certificates.value.run { [elector] in elector.isLeading } }
                }
                await lead()
                inner.cancelAll()
            }
            recorder.drain()
        }
    }

    private func lead() async {
        let leading: @Sendable () -> Void = { [certificates] in certificates?.value.lookNow() }
        if let controllers {
            await controllers.run(leading: leading)
        } else {
            await elector.run { [loop] in
                leading()
                do { try await loop.sleep(until: .never) } catch { return }
            }
        }
    }

    /// Stops the controllers and gives the Lease back. Can be called from any thread.
    func resign() {
        loop.execute { [elector] in elector.resign() }
    }

    // MARK: - Who and where

    private static func configuration(_ options: ClusterOptions) throws(StartError) -> ClusterConfiguration {
        do throws(KubeConfigError) {
            return try options.access.configuration()
        } catch {
            throw StartError(
                "it is not known where the API server is: \(error)\n"
                    + "With --webhook-only and --certificates files none is needed."
            )
        }
    }

    private static func certificateSettings(
        _ command: ServeCommand,
        _ namespace: String
    ) throws(StartError) -> CertificateSettings {
        let options = command.certificates
        do throws(PKIError) {
            var names = try CertificatePolicy.names(service: options.webhookService, namespace: namespace)
            for name in options.certificateName { names.append(try SubjectName(name)) }
            return CertificateSettings(
                secret: ObjectKey(namespace: namespace, name: options.certificateSecret),
                mutating: options.webhookConfiguration,
                validating: options.webhookConfiguration,
                policy: CertificatePolicy(names: names)
            )
        } catch {
            throw StartError("the names of the certificate cannot be used: \(error)")
        }
    }

    /// Different for every process that ever runs: a pod that restarts in place keeps its name.
    private static func identity(_ options: ControllerOptions) -> String {
        if let identity = options.identity { return identity }
        let place =
            Subprocess.environmentValue("POD_NAME") ?? Subprocess.environmentValue("HOSTNAME") ?? "vernemq-operator"
        return place + "_" + String(UInt32.random(in: .min ... .max), radix: 36)
    }
}
