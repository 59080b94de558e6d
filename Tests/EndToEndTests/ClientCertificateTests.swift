import Document
import Foundation
import PKI
import Testing

/// An API server that shows its webhooks who it is, as docs/security-model.md says.
@Suite("Client certificates", .timeLimit(.minutes(5)))
struct ClientCertificateTests {
    @Test("the API server gets in with the certificate of its AdmissionConfiguration, and with that name alone")
    func admissionConfiguration() async throws {
        let directory = try Repository.temporaryDirectory("clients")
        try Self.makeClient("kube-apiserver", in: directory)
        let certificates = directory.appendingPathComponent("webhook-certificates")
        try await OperatorProcess.makeCertificates(in: certificates)
        let configuration = try Self.admissionConfiguration(in: directory)
        let plane = try await ControlPlane.start(
            .alone,
            in: directory,
            flags: ["--admission-control-config-file=\(configuration.path)"]
        )
        try await finally {
            for (client, port) in [("kube-apiserver", try LoopbackPort.unused()), ("other", try LoopbackPort.unused())]
            {
                let flags = [
                    "--client-ca", directory.appendingPathComponent("clients.crt").path, "--client-name", client,
                ]
                let served = try await OperatorProcess.start(
                    certificates: certificates,
                    port: port,
                    log: directory.appendingPathComponent("operator-\(client).log"),
                    flags: flags
                )
                try await finally {
                    let bed = TestBed(
                        plane: plane,
                        operatorProcess: served,
                        certificates: certificates,
                        version: try await plane.kubectl.raw("/version")["gitVersion"]?.stringValue ?? ""
                    )
                    try await Self.check(bed, isKnown: client == "kube-apiserver")
                } do: {
                    try await served.stop()
                }
            }
        } do: {
            try await plane.stop()
        }
        removeQuietly(directory)
    }

    private static func check(_ bed: TestBed, isKnown: Bool) async throws {
        guard !isKnown else {
            try await bed.plane.kubectl("apply", "-f", Repository.chart + "/crds")
            try await bed.install("clients", calling: bed.operatorProcess.url, namespaces: .unmarked)
            return
        }
        try await bed.register("clients", calling: bed.operatorProcess.url, namespaces: .unmarked)
        let kubectl = try await bed.namespace("stranger")
        try await eventually("the API server is refused under another name", within: .seconds(60)) { () -> Bool? in
            let answer = try await kubectl.run(
                ["create", "--dry-run=server", "-f", "-"],
                input: Manifest.statefulSet(labelled: true)
            )
            // This version of the API server says no more than that; the operator counts.
            guard answer.standardError.contains("failed calling webhook") else { return nil }
            let metrics = try await bed.operatorProcess.observe("/metrics").standardOutput
            return metrics.contains(#/rejections_total\{reason="client"\} [1-9]/#) ? true : nil
        }
    }

    /// An authority, and a certificate and key of this name.
    private static func makeClient(_ name: String, in directory: URL) throws {
        let now = Int64(Date().timeIntervalSince1970)
        let authority = try CertificateAuthority(commonName: "clients", lifetime: .seconds(86_400), now: now)
        let client = try authority.issueClient(commonName: name, lifetime: .seconds(86_400), now: now)
        let files = [
            ("clients.crt", try authority.certificate.pem()), ("client.crt", try client.certificate.pem()),
            ("client.key", try client.key.pem()),
        ]
        for (file, bytes) in files { try Data(bytes).write(to: directory.appendingPathComponent(file)) }
    }

    private static func admissionConfiguration(in directory: URL) throws -> URL {
        let kubeconfig = directory.appendingPathComponent("webhook-clients.yaml")
        let user = """
            apiVersion: v1
            kind: Config
            users:
            - name: '*'
              user:
                client-certificate: \(directory.appendingPathComponent("client.crt").path)
                client-key: \(directory.appendingPathComponent("client.key").path)

            """
        try Data(user.utf8).write(to: kubeconfig)
        let plugin = """
              configuration:
                apiVersion: apiserver.config.k8s.io/v1
                kind: WebhookAdmissionConfiguration
                kubeConfigFile: \(kubeconfig.path)

            """
        let text = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: MutatingAdmissionWebhook
            \(plugin)- name: ValidatingAdmissionWebhook
            \(plugin)
            """
        let file = directory.appendingPathComponent("admission.yaml")
        try Data(text.utf8).write(to: file)
        return file
    }
}
