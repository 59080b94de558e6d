extension VerneMQStructure {
    /// The fields of `spec.config`.
    static let reloadableFields: [SchemaField] = [
        SchemaField("plugins", .list(.object(pluginFields)), "Plugins to enable."),
        SchemaField("listeners", .list(.object(listenerFields)), "MQTT listeners to open."),
        SchemaField(
            "configs",
            .list(
                .object([
                    SchemaField("name", .string, required: true, "Name of the setting, as vmq-admin set knows it."),
                    SchemaField("value", .string, required: true, "Its value."),
                ])
            ),
            "Settings."
        ),
    ]

    private static let commands: SchemaType = .list(
        .object([
            SchemaField("cmd", .string, required: true, "The command."),
            SchemaField("timeoutSeconds", .int32(0...Int64(Int32.max)), "After how long it is given up, 5 by default."),
        ])
    )

    private static let pluginFields: [SchemaField] = [
        SchemaField("name", .string, required: true, "Name of the plugin's application."),
        SchemaField("path", .string, "Directory that holds the application, for one that the broker does not bring."),
        SchemaField("preStart", commands, "Commands to run before the plugin is started."),
        SchemaField("postStart", commands, "Commands to run after the plugin was started."),
        SchemaField("preStop", commands, "Commands to run before the plugin is stopped."),
        SchemaField("postStop", commands, "Commands to run after the plugin was stopped."),
    ]

    private static let listenerFields: [SchemaField] = [
        SchemaField("address", .string, required: true, "Address or network interface on which to listen."),
        SchemaField("port", .int32(1...65535), required: true, "TCP port."),
        SchemaField("mountpoint", .string, "Mountpoint of the sessions of this listener, empty by default."),
        SchemaField("nrOfAcceptors", .int32(0...Int64(Int32.max)), "How many processes accept connections."),
        SchemaField("maxConnections", .int32(0...Int64(Int32.max)), "How many connections there may be."),
        SchemaField("allowedProtocolVersions", .string, "MQTT versions with commas between them, as in 3,4,5."),
        SchemaField("websocket", .boolean, "Whether MQTT comes over WebSocket."),
        SchemaField("proxyProtocol", .boolean, "Whether a proxy in front speaks the PROXY protocol, version 2."),
        SchemaField(
            "useCnAsUsername",
            .boolean,
            "Whether the common name that the proxy passes on is the MQTT user name."
        ),
        SchemaField("tlsConfig", .object(tlsFields), "TLS of this listener."),
    ]

    private static let tlsFields: [SchemaField] = [
        SchemaField("cafile", .string, required: true, "Path of the trusted CA certificates, PEM."),
        SchemaField("certfile", .string, required: true, "Path of the server certificate, PEM."),
        SchemaField("keyfile", .string, required: true, "Path of the private key, PEM."),
        SchemaField("ciphers", .string, "Cipher suites with colons between them."),
        SchemaField("requireCertificate", .boolean, "Whether clients must show a certificate."),
        SchemaField("useIdentityAsUsername", .boolean, "Whether the certificate's common name is the MQTT user name."),
        SchemaField("crlfile", .string, "Path of a certificate revocation list, PEM."),
    ]
}
