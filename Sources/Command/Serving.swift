import Admission
import Glibc
import HTTP
import Injection
import Logging
import Telemetry
import Transport

/// A running `serve`: the webhook server on its loops, and the health server on a loop of its own, so that it answers even
/// when the others are busy.
struct Serving: Sendable {
    /// Nil with `--controllers-only`.
    private let webhooks: HTTPServer?
    private let health: HTTPServer
    private let webhookLoops: [EventLoop]
    /// For everything that is not a webhook: health, signals, certificate files.
    private let sideLoop: EventLoop
    private let certificates: ServingCertificate
    private let certificatePoll: Duration
    /// What asks the API server; nil where nothing does.
    private let cluster: ClusterSide?
    private let readiness: Readiness
    private let logger: Logger

    /// How often the serving certificate is held against the clock.
    private static let expiryCheck: Duration = .seconds(5)

    /// Reads the certificate and takes the ports.
    ///
    /// - Throws: ``StartError``.
    init(_ command: ServeCommand) async throws(StartError) {
        logger = Self.makeLogger(command.logging)
        certificates = try ServingCertificate(command)
        readiness = Readiness(command.controllersOnly ? ["serving"] : ["certificate", "serving"])
        certificatePoll = command.tls.tlsPoll.duration
        let registry = MetricRegistry()
        Self.describe(certificates, in: registry)
        let loops = command.controllersOnly ? 0 : command.listening.loops
        webhookLoops = try Self.startLoops((0..<loops).map { "webhooks-\($0)" })
        sideLoop = try Self.startLoop("side")

        cluster = try await ClusterSide.make(command, certificates, readiness, registry, logger)
        webhooks =
            command.controllersOnly
            ? nil : try Self.webhooks(command, on: webhookLoops, tls: certificates.contexts, registry, logger)
        health = try Self.bind(
            HealthPaths.configuration(try Self.address(command.listening.metricsListen)),
            on: [sideLoop],
            tls: nil,
            registry,
            logger,
            option: "--metrics-listen",
            handler: HealthPaths(registry: registry, readiness: readiness, webhookLoops: webhookLoops).router.handler
        )
        webhooks?.onDrain { [readiness] in readiness.beginDraining() }
    }

    private static func webhooks(
        _ command: ServeCommand,
        on loops: [EventLoop],
        tls: TLSContextSource?,
        _ registry: MetricRegistry,
        _ logger: Logger
    ) throws(StartError) -> HTTPServer {
        let service = AdmissionService(
            reviewer: Reviewer(injector: Injector(version: Release.version, pluginPolicy: command.plugins.policy)),
            metrics: AdmissionMetrics(registry: registry),
            logger: logger,
            bodyLimit: command.limits.maxBodyBytes,
            clients: Set(command.tls.clientName)
        )
        var configuration = ServerConfiguration(address: try Self.address(command.listening.listen), name: "webhook")
        command.limits.apply(to: &configuration)
        command.draining.apply(to: &configuration)
        return try bind(configuration, on: loops, tls: tls, registry, logger, option: "--listen") { request in
            service.respond(to: request)
        }
    }

    /// Serves until a signal has come and the last request has been answered.
    ///
    /// - Throws: TransportError when a listening socket fails.
    func run() async throws {
        defer {
            for loop in webhookLoops + [sideLoop] { loop.shutDown() }
            cluster?.loop.shutDown()
        }
        checkExpiry()
        readiness["serving"] = .ready
        logger.notice(
            "serving",
            metadata: [
                "version": .string(Release.version),
                "webhooks": .string(webhooks?.address.description ?? "none"),
                "controllers": .string(cluster?.runsControllers == true ? "on" : "off"),
                "metrics": .string(health.address.description),
                "certificate_not_after": .string(Self.text(certificates.notAfter)),
            ]
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: sideLoop) { try await drainOnSignal() }
            group.addTask(executorPreference: sideLoop) { await watchCertificates() }
            group.addTask(executorPreference: sideLoop) { await watchExpiry() }
            group.addTask { try await health.run() }
            try await withThrowingDiscardingTaskGroup { main in
                if let webhooks { main.addTask { try await webhooks.run() } }
                if let cluster { main.addTask(executorPreference: cluster.loop) { await cluster.run() } }
            }
            health.drain()
            group.cancelAll()
            while let _ = await group.nextResult() {}
        }
        logger.notice("stopped")
    }

    /// The first signal drains, the second ends the process.
    private func drainOnSignal() async throws(TransportError) {
        var isFirst = true
        while true {
            let number = try await Signals.terminate(on: sideLoop)
            let signal: Logger.MetadataValue = number == SIGINT ? "SIGINT" : "SIGTERM"
            guard isFirst else {
                logger.warning("stopping at once", metadata: ["signal": signal])
                exit(ExitStatus.failure.rawValue)
            }
            logger.notice("draining", metadata: ["signal": signal])
            cluster?.resign()
            if let webhooks { webhooks.drain() } else { readiness.beginDraining() }
            isFirst = false
        }
    }

    private func watchCertificates() async {
        guard case .files(let source) = certificates else { return }
        await source.run(on: sideLoop, interval: certificatePoll) { event in
            switch event {
            case .reloaded(let notAfter):
                logger.notice("certificate replaced", metadata: ["not_after": .string(Self.text(notAfter))])
                checkExpiry()
            case .failed(let error):
                logger.error("certificate not replaced", metadata: ["reason": .string(error.description)])
            }
        }
    }

    private func watchExpiry() async {
        while true {
            do { try await sideLoop.sleep(for: Self.expiryCheck) } catch { return }
            checkExpiry()
        }
    }

    /// Certificates of the operator's own are judged by whoever makes them.
    private func checkExpiry() {
        guard case .files = certificates else { return }
        guard let notAfter = certificates.notAfter, notAfter <= UTCTime.now.seconds else {
            readiness["certificate"] = .ready
            return
        }
        readiness["certificate"] = .notReady(reason: "expired at \(Self.text(notAfter))")
    }

    private static func text(_ moment: Int64?) -> String {
        moment.map { UTCTime(secondsSince1970: Int($0)).description } ?? "unknown"
    }
}

// MARK: - Starting

extension Serving {
    private static func makeLogger(_ options: LogOptions) -> Logger {
        Logger(label: "vernemq-operator") { label in
            switch options.logFormat {
            case .json: JSONLogHandler(label: label, level: options.logLevel)
            case .text: TextLogHandler(level: options.logLevel)
            }
        }
    }

    private static func describe(_ certificates: ServingCertificate, in registry: MetricRegistry) {
        registry.describe(
            "vernemq_operator_build_info",
            help: "What is running.",
            [
                ("version", Release.version), ("swift", Release.compiler), ("mode", Release.mode),
                ("architecture", Release.architecture),
            ]
        )
        registry.observe(
            "vernemq_operator_certificate_expiry_timestamp_seconds",
            help: "When the serving certificate stops being valid, in seconds since 1970."
        ) { certificates.notAfter.map(Double.init) }
        ProcessMetrics.register(in: registry)
    }

    private static func startLoops(_ names: [String]) throws(StartError) -> [EventLoop] {
        var loops: [EventLoop] = []
        for name in names { loops.append(try startLoop(name)) }
        return loops
    }

    static func startLoop(_ name: String) throws(StartError) -> EventLoop {
        do throws(TransportError) {
            return try EventLoop(name: name)
        } catch {
            throw StartError("the event loop \"\(name)\" cannot be started: \(error)")
        }
    }

    private static func address(_ text: String) throws(StartError) -> SocketAddress {
        do throws(TransportError) { return try SocketAddress(text) } catch { throw StartError(error.description) }
    }

    private static func bind(
        _ configuration: ServerConfiguration,
        on loops: [EventLoop],
        tls: TLSContextSource?,
        _ registry: MetricRegistry,
        _ logger: Logger,
        option: String,
        handler: @escaping HTTPHandler
    ) throws(StartError) -> HTTPServer {
        do throws(TransportError) {
            return try HTTPServer(
                configuration,
                on: loops,
                tls: tls,
                metrics: registry,
                logger: logger,
                handler: handler
            )
        } catch {
            let reason =
                switch error {
                case .system(_, EADDRINUSE): "the port is in use: stop who listens there, or choose another"
                case .system(_, EACCES): "this user may not take that port: choose one above 1023"
                case .system(_, EADDRNOTAVAIL): "the machine does not have that address: choose another"
                default: "\(error): choose another address"
                }
            throw StartError("cannot listen on \(configuration.address): \(reason) with \(option)")
        }
    }
}
