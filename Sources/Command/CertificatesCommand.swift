import ArgumentParser
import Kubernetes
import PKI
import Telemetry

/// `vernemq-operator certs`: an authority and a serving certificate without cert-manager.
struct CertificatesCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "certs",
        abstract: "Makes a certificate authority and a serving certificate for the webhooks.",
        discussion: """
            Writes ca.crt, ca.key, tls.crt and tls.key. An authority that the directory holds already is used again, so that \
            serving certificates can be renewed without touching the caBundle of any webhook configuration.
            """
    )

    @Option(
        name: [.long, .customLong("directory")],
        help: ArgumentHelp("Where the files go; made if it does not exist.", valueName: "directory")
    )
    var out = "."

    @Option(help: ArgumentHelp("A DNS name of the server; may be given several times.", valueName: "name"))
    var dns: [String] = []

    @Option(help: ArgumentHelp("An IP address of the server; may be given several times.", valueName: "address"))
    var ip: [String] = []

    @Option(help: ArgumentHelp("The Service in front of the server: adds its names in the cluster.", valueName: "name"))
    var service: String?

    @Option(name: [.short, .long], help: ArgumentHelp("The Service's namespace.", valueName: "namespace"))
    var namespace = "default"

    @Option(help: ArgumentHelp("The cluster's DNS domain.", valueName: "domain"))
    var clusterDomain = "cluster.local"

    @Option(help: ArgumentHelp("How long the serving certificate is valid.", valueName: "days"))
    var days = 365

    @Option(help: ArgumentHelp("How long a new authority is valid.", valueName: "days"))
    var caDays = 3650

    @Flag(
        help:
            "Replace a serving certificate that is there. The authority is never replaced: take its files away for that."
    )
    var force = false

    @Flag(help: "Print the authority's certificate in base64, as caBundle has it, and nothing else.")
    var printCaBundle = false

    @Argument(help: ArgumentHelp("More DNS names or IP addresses.", valueName: "name"))
    var names: [String] = []

    mutating func validate() throws {
        guard !(names.isEmpty && dns.isEmpty && ip.isEmpty && service == nil) else {
            throw ValidationError(
                "a certificate needs a name: give --service NAME --namespace NAMESPACE, --dns NAME or --ip ADDRESS"
            )
        }
        for (option, value) in [("--days", days), ("--ca-days", caDays)] where !(1...36_500).contains(value) {
            throw ValidationError("\(option): \(value) is not within 1 to 36500")
        }
        do throws(PKIError) {
            _ = try subjects()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func execute(_ console: Console) throws -> ExitStatus {
        do throws(CertificateFault) {
            try make(console)
            return .success
        } catch {
            console.report("error: \(error)")
            return .failure
        }
    }

    /// Everything that the serving certificate shall be good for, in order, without repetitions.
    private func subjects() throws(PKIError) -> [SubjectName] {
        var subjects: [SubjectName] = []
        func add(_ subject: SubjectName) {
            if !subjects.contains(subject) { subjects.append(subject) }
        }
        if let service {
            let inNamespace = "\(service).\(namespace)"
            for name in ["\(inNamespace).svc", "\(inNamespace).svc.\(clusterDomain)", inNamespace, service] {
                add(try SubjectName(name))
            }
        }
        for name in dns {
            let subject = try SubjectName(name)
            guard case .dns = subject else { throw .invalidName(name) }
            add(subject)
        }
        for address in ip {
            let subject = try SubjectName(address)
            guard case .ip = subject else { throw .invalidName(address) }
            add(subject)
        }
        for name in names { add(try SubjectName(name)) }
        return subjects
    }
}

/// Why no certificate was made.
enum CertificateFault: Error, CustomStringConvertible {
    case file(FileError)
    case pki(PKIError)
    case unusable(String)

    var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .pki(let error): "\(error)"
        case .unusable(let text): text
        }
    }
}

// MARK: - Making and writing

extension CertificatesCommand {
    /// The four files.
    private struct Paths {
        var authority: String
        var authorityKey: String
        var serving: String
        var servingKey: String

        init(in directory: String) {
            let base = directory.hasSuffix("/") ? directory : "\(directory)/"
            authority = "\(base)ca.crt"
            authorityKey = "\(base)ca.key"
            serving = "\(base)tls.crt"
            servingKey = "\(base)tls.key"
        }
    }

    private func make(_ console: Console) throws(CertificateFault) {
        let paths = Paths(in: out)
        let now = Int64(UTCTime.now.seconds)
        try refuseToOverwrite(paths)
        do throws(FileError) { try FileContents.makeDirectory(out) } catch { throw .file(error) }
        let (authority, isNew) = try authority(paths, now)
        let names: [SubjectName]
        let serving: Credential
        let bundle: [UInt8]
        do throws(PKIError) {
            let lifetime = Duration.seconds(days * 86_400)
            names = try subjects()
            serving = try authority.issueServer(names: names, lifetime: lifetime, now: now)
            bundle = try authority.certificate.pem()
        } catch {
            throw .pki(error)
        }
        if isNew { try write(authority.credential, paths.authority, paths.authorityKey) }
        try write(serving, paths.serving, paths.servingKey)
        do throws(FileError) {
            if printCaBundle {
                try console.write(Base64.encode(bundle) + "\n")
            } else {
                let origin = isNew ? "new authority" : "the authority that was there"
                let covered = names.map(\.description).joined(separator: ", ")
                try console.write(
                    """
                    \(paths.authority): \(origin), valid until \(Self.text(authority.certificate.notAfter))
                    \(paths.serving): serving certificate for \(covered), \
                    valid until \(Self.text(serving.certificate.notAfter))

                    """
                )
            }
        } catch {
            throw .file(error)
        }
    }

    private static func text(_ moment: Int64) -> String {
        UTCTime(secondsSince1970: Int(moment)).description
    }

    /// What is there and would be lost.
    private func refuseToOverwrite(_ paths: Paths) throws(CertificateFault) {
        let inTheWay = [paths.serving, paths.servingKey].filter { FileContents.exists($0) }
        guard force || inTheWay.isEmpty else {
            throw .unusable("\(inTheWay.joined(separator: " and ")) would be overwritten: say --force if that is meant")
        }
    }

    /// The authority of the directory, made if there is none.
    private func authority(_ paths: Paths, _ now: Int64) throws(CertificateFault) -> (CertificateAuthority, isNew: Bool)
    {
        switch (FileContents.exists(paths.authority), FileContents.exists(paths.authorityKey)) {
        case (false, false):
            do throws(PKIError) {
                // Different for each authority: clients look authorities up by their names.
                let name = "vernemq-operator webhooks \(Self.text(now))"
                let lifetime = Duration.seconds(caDays * 86_400)
                return (try CertificateAuthority(commonName: name, lifetime: lifetime, now: now), true)
            } catch {
                throw .pki(error)
            }
        case (true, true):
            return (CertificateAuthority(try existing(paths, now)), false)
        case (let hasCertificate, _):
            let (there, missing) =
                hasCertificate ? (paths.authority, paths.authorityKey) : (paths.authorityKey, paths.authority)
            throw .unusable("there is \(there) but no \(missing): bring the other half, or take this one away")
        }
    }

    private func existing(_ paths: Paths, _ now: Int64) throws(CertificateFault) -> Credential {
        let certificate: Certificate
        let key: PrivateKey
        do {
            certificate = try Certificate(pem: try FileContents.read(paths.authority))
            key = try PrivateKey(pem: try FileContents.read(paths.authorityKey))
        } catch let error as FileError {
            throw .file(error)
        } catch {
            throw .unusable("\(paths.authority) and \(paths.authorityKey): \(error)")
        }
        guard key.matches(certificate) else {
            throw .unusable("\(paths.authorityKey) is not the key of \(paths.authority): bring the one that is")
        }
        guard certificate.isAuthority else {
            throw .unusable("\(paths.authority) is no authority's certificate: take it away, and one will be made")
        }
        guard certificate.isValid(at: now) else {
            throw .unusable("\(paths.authority) has expired or is not valid yet: take it away, and one will be made")
        }
        return Credential(certificate: certificate, key: key)
    }

    /// The key first: a server that watches the files never finds a certificate whose key is still to come.
    private func write(_ credential: Credential, _ certificate: String, _ key: String) throws(CertificateFault) {
        do {
            try FileContents.replace(key, with: try credential.key.pem(), mode: 0o600)
            try FileContents.replace(certificate, with: try credential.certificate.pem(), mode: 0o644)
        } catch let error as FileError {
            throw .file(error)
        } catch {
            throw .unusable("\(error)")
        }
    }
}
