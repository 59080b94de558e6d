import Testing
import VerneMQ

@Suite("The text of vernemq.conf")
struct ConfigurationFileTests {
    /// What a text means: keys and values, and where they stand.
    struct Good: Sendable, CustomTestStringConvertible {
        var text: String
        var settings: [String]
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ settings: String...) {
            self.text = text
            self.settings = settings
        }

        static let all = [
            Good(""), Good("\n\n"), Good("# a comment"), Good("  \t # a comment\n"), Good("   \n\t\n"),
            Good("\r\n\r\n"),
            Good("a = b", "a@1:1=b@1:5"), Good("a=b", "a@1:1=b@1:3"), Good("a\t=\tb\t\n", "a@1:1=b@1:5"),
            Good("a = b\r\nc = d\r\n", "a@1:1=b@1:5", "c@2:1=d@2:5"),
            Good("  a.b-c.d_9 = x y  \n", "a.b-c.d_9@1:3=x y@1:15"),
            Good("a = b # comment\n", "a@1:1=b@1:5"), Good("a = b\t# comment", "a@1:1=b@1:5"),
            Good("a = b=c\n", "a@1:1=b=c@1:5"), Good("a = it's\n", "a@1:1=it's@1:5"),
            Good("a = 'b#c'\n", "a@1:1=b#c@1:5"), Good("a = 'b#c' # d\n", "a@1:1=b#c@1:5"),
            Good("a = ''\n", "a@1:1=@1:5"),
            Good("a = ' b '", "a@1:1= b @1:5"), Good("a = '''b'c'''\n", "a@1:1=b'c@1:5"),
            Good("a = '''b\nc # d\n'''\ne = f", "a@1:1=b\nc # d\n@1:5", "e@4:1=f@4:5"),
            Good("a = größe\nb = c", "a@1:1=größe@1:5", "b@2:1=c@2:5"),
            Good("a\\.b.c = d\n", "a\\.b.c@1:1=d@1:10"), Good("include = x\n", "include@1:1=x@1:11"),
            Good("included = x\n", "included@1:1=x@1:12"),
            Good("a = $(b)/c\nb = d", "a@1:1=d/c@1:5", "b@2:1=d@2:5"),
            Good("a = '$(b)'\nb = $(c.d)\nc.d = e", "a@1:1=e@1:5", "b@2:1=e@2:5", "c.d@3:1=e@3:7"),
            Good("a = $5 $ (b)\n", "a@1:1=$5 $ (b)@1:5"),
            Good("listener.tcp.default = 0.0.0.0:1883", "listener.tcp.default@1:1=0.0.0.0:1883@1:24"),
        ]
    }

    @Test("good text is read without a word", arguments: Good.all)
    func good(_ row: Good) {
        let file = ConfigurationFile(parsing: row.text, at: "f")
        #expect(file.findings == [])
        let found = file.settings.map { setting in
            let places = [setting.keyPath, setting.valuePath].map { $0.dropFirst(2) }
            return "\(setting.key)@\(places[0])=\(setting.value)@\(places[1])"
        }
        #expect(found == row.settings)
    }

    /// A fault, where it is, and what is left.
    struct Bad: Sendable, CustomTestStringConvertible {
        var text: String
        var severity: Finding.Severity
        var place: String
        var words: String
        var settings: [String]
        var testDescription: String { text.debugDescription }

        init(
            _ text: String,
            _ severity: Finding.Severity,
            _ place: String,
            _ words: String,
            _ settings: String...
        ) {
            self.text = text
            self.severity = severity
            self.place = place
            self.words = words
            self.settings = settings
        }

        init(_ text: String, _ place: String, _ words: String, _ settings: String...) {
            self.text = text
            severity = .error
            self.place = place
            self.words = words
            self.settings = settings
        }

        static let all = [
            Bad("a =\nb = c", "1:1", "has no value", "b=c"), Bad("a = \n", "1:1", "write ''"),
            Bad("a =", "1:1", "no value"),
            Bad("a = # b\n", "1:1", "what begins with # is a comment"), Bad("a = #b\n", "1:1", "comment"),
            Bad("a\n", "1:1", "no = stands"), Bad("a b = c", "1:1", "no = stands"),
            Bad("a: b\n", "1:1", "a colon stands"),
            Bad("= b\n", "1:1", "not a setting"), Bad("a. = b\n", "1:3", "not a setting"),
            Bad("a..b = c\nd = e", "1:3", "not a setting", "d=e"), Bad(".a = b", "1:1", "not a setting"),
            Bad("a/b = c\n", "1:1", "no = stands"), Bad("ä = c\n", "1:1", "not a setting"),
            Bad("; x\n", "1:1", "begin with #"),
            Bad("// x\n", "1:1", "begin with #"), Bad("[x]\n", "1:1", "no sections"),
            Bad("'a' = b\n", "1:1", "without quotes"),
            Bad("a = b#c\n", "1:6", "cuts the value", "a=b"), Bad("a = 1#\n", "1:6", "single quotes", "a=1"),
            Bad("x.password = pa#ss\n", "1:16", "cuts the value of x.password", "x.password=pa"),
            Bad("x.password = pass #1\n", .warning, "1:19", "a line of its own", "x.password=pass"),
            Bad("distributed_cookie = monster # c", .warning, "1:30", "cuts the value", "distributed_cookie=monster"),
            Bad("a = 'b\nc = d", "1:5", "not closed", "c=d"), Bad("a = 'b' c\n", "1:9", "closing quote"),
            Bad("a = 'it's'\nb = c", "1:9", "closing quote", "b=c"), Bad("a = '''b\nc = d\n", "1:5", "'''", "c=d"),
            Bad("a = '", "1:5", "not closed"), Bad("a = ''''", "1:5", "not closed"),
            Bad("a = '''b''' c", "1:13", "closing"),
            Bad("a = \"b\"\n", .warning, "1:5", "double quotes are a part", "a=\"b\""),
            Bad("\u{FEFF}a = b\n", "1:1", "byte order mark", "a=b"),
            Bad("a = b\u{0}c\n", "1:6", "control character (0x0)"), Bad("a = b\rc = d\n", "1:6", "0xD"),
            Bad("a = 'b\u{7F}'", "1:7", "0x7F"), Bad("a = b\u{1B}[0m\nc = d", "1:6", "0x1B", "c=d"),
            Bad("a = b ", .warning, "1:7", "blanks at the end", "a=b "),
            Bad("a = 1\nb = 2\na = 3\n", .warning, "3:1", "stands in line 1 as well", "b=2", "a=3"),
            Bad("a = 1\na = 1\n", .warning, "2:1", "the last one", "a=1"),
            Bad("a = $(b\n", "1:5", "not closed"), Bad("a = $(b)\n", "1:5", "refers to what is no key"),
            Bad("a = $(a)\n", "1:5", "leads back to itself"), Bad("a = $(HOME)/x\nb = c", "1:5", "no key", "b=c"),
            Bad("a = $(</etc/x)\n", "1:5", "content of a file"),
            Bad("include conf.d/*.conf\na = b", "1:9", "no file beside this text", "a=b"),
            Bad("include\tx\n", "1:9", "no file beside"), Bad("include $x\n", "1:9", "not the name of a file"),
            Bad("include a b\n", "1:11", "not the name of a file"), Bad("include\n", "1:1", "no = stands"),
        ]
    }

    @Test("a fault is told where it is, and what stands after it is read", arguments: Bad.all)
    func bad(_ row: Bad) throws {
        let file = ConfigurationFile(parsing: row.text, at: "f")
        try #require(file.findings.count == 1, "\(file.findings)")
        let finding = file.findings[0]
        #expect(finding.severity == row.severity)
        #expect(finding.path == "f:\(row.place)", "\(finding)")
        #expect(finding.description.contains(row.words), "\(finding)")
        #expect(file.settings.map { "\($0.key)=\($0.value)" } == row.settings)
    }

    @Test("what is secret is in no message")
    func secrets() {
        let text = """
            vmq_diversity.postgres.password = hunter#2
            vmq_web_ui.mgmt_api.key = hunter#2
            listener.ssl.keypasswd = 'hunter2
            vmq_bridge.ssl.x.psk = 'hunter2' hunter2
            distributed_cookie = hunter2\u{1}
            x.token = $(hunter
            """
        let file = ConfigurationFile(parsing: text, at: "f")
        #expect(file.findings.count >= 6)
        for finding in file.findings { #expect(!finding.description.contains("hunter"), "\(finding)") }
    }

    @Test("every fault is told at once, and their number is bounded")
    func manyFaults() {
        let all = ConfigurationFile(parsing: "a\nb =\nc = 'd\ne = f#g\n", at: "f")
        #expect(all.findings.map(\.path) == ["f:1:1", "f:2:1", "f:3:5", "f:4:6"])
        let flood = ConfigurationFile(parsing: String(repeating: "a = 1\n", count: 500) + "b", at: "f")
        #expect(flood.findings.count == ConfigurationFile.findingLimit)
        #expect(flood.findings[0].severity == .error, "errors come before warnings")
        #expect(flood.findings.last?.problem.contains("more findings") == true)
        let noise = ConfigurationFile(parsing: String(repeating: "x\n", count: 100_000), at: "f")
        #expect(noise.findings.count == ConfigurationFile.findingLimit)
    }

    @Test("a text that is too long is not read at all")
    func tooLong() {
        let text = String(repeating: "# comment\n", count: 27_000)
        let file = ConfigurationFile(parsing: text, at: "f")
        #expect(file.findings.map(\.path) == ["f"])
        #expect(file.settings == [])
    }

    @Test("references cannot grow without bound or run in circles")
    func references() {
        let doubling = (0..<40).map { "k\($0) = $(k\($0 + 1))$(k\($0 + 1))\n" }.joined() + "k40 = xxxxxxxxxxxxxxxx\n"
        let file = ConfigurationFile(parsing: doubling, at: "f")
        #expect(file.findings.contains { $0.problem.contains("longer than") || $0.problem.contains("too far") })
        let ring = ConfigurationFile(parsing: "a = $(b)\nb = $(c)\nc = $(a)\n", at: "f")
        #expect(ring.settings == [])
        #expect(ring.findings.count == 3)
    }

    @Test("a broker finds variables and files in its container, so their absence here is only told")
    func container() {
        let text = "a = $(HOME)/x\nb = $(</etc/b)\nnodename = 'VerneMQ@x'\ninclude x.conf\n"
        let file = ConfigurationFile(parsing: text, at: "f", reader: .broker(include: nil))
        #expect(file.findings.allSatisfy { $0.severity == .warning })
        #expect(file.findings.map(\.path) == ["f:3:1", "f:1:5", "f:2:5"])
        #expect(file.unresolved == ["f:1:5", "f:2:5"])
        #expect(file.settings.map(\.key) == ["a", "b", "nodename"])
    }

    @Test("includes are followed where somebody can look, each file under its own name")
    func includes() {
        let files = [
            "d/a.conf": "x = 2\ny = 3\ninclude b.conf\n", "d/b.conf": "z = 4#5\ninclude a.conf\n",
        ]
        let file = ConfigurationFile(
            parsing: "x = 1\ninclude d/*.conf\ninclude none\ninclude locked\ny = 9\n",
            at: "main",
            reader: .broker { pattern, from in
                switch (pattern, from) {
                case ("d/*.conf", "main"), ("a.conf", "d/b.conf"):
                    [.init(path: "d/a.conf", contents: .success(files["d/a.conf"] ?? ""))]
                case ("b.conf", "d/a.conf"): [.init(path: "d/b.conf", contents: .success(files["d/b.conf"] ?? ""))]
                case ("locked", _): [.init(path: "locked", contents: .failure(.init("Permission denied")))]
                default: []
                }
            }
        )
        #expect(
            file.settings.map { "\($0.keyPath) \($0.key)=\($0.value)" } == [
                "d/a.conf:1:1 x=2", "d/b.conf:1:1 z=4", "main:5:1 y=9",
            ]
        )
        let told = file.findings.map { "\($0.severity.rawValue) \($0.path)" }
        #expect(
            told == [
                "error d/b.conf:1:6", "error d/b.conf:2:9", "warning main:3:9", "error main:4:9",
                "warning d/a.conf:1:1",
                "warning main:5:1",
            ]
        )
    }

    @Test("a path that leads into a text can be taken apart")
    func places() {
        let place = TextPlace("data[vernemq.conf]:12:24")
        #expect(place?.path == "data[vernemq.conf]" && place?.line == 12 && place?.column == 24)
        for path in ["spec.size", "a:1", "a:0:1", "a:1:x", "a:1:", "", "a:1:9999999999"] {
            #expect(TextPlace(path) == nil)
        }
    }
}
