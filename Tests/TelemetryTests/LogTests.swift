import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite("The log")
struct LogTests {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        var all: [String] { lines.withLock { $0 } }
    }

    let lines = Lines()

    func logger(_ level: Logger.Level = .info) -> Logger {
        Logger(label: "admission") { label in
            JSONLogHandler(label: label, level: level, output: LogOutput(lines.add)) { (1_795_405_777, 7_000_000) }
        }
    }

    @Test("writes one line of JSON an event, its own fields first and metadata ordered by name")
    func line() {
        var logger = logger()
        logger[metadataKey: "zone"] = "a"
        logger.warning("a \"quoted\"\nline", metadata: ["count": "\(3)", "list": ["x", "y"], "level": "mine"])
        #expect(
            lines.all == [
                #"{"time":"2026-11-23T03:49:37.007Z","level":"warning","logger":"admission","#
                    + #""message":"a \"quoted\"\nline","count":"3","level_":"mine","list":["x","y"],"zone":"a"}"# + "\n"
            ]
        )
    }

    @Test("leaves out what is below its level")
    func level() {
        logger(.warning).info("nothing")
        #expect(lines.all.isEmpty)
    }

    @Test(
        "never shows secrets",
        arguments: ["password", "bearerToken", "Authorization", "private-key", "clientSecret", "git_credentials"]
    )
    func secrets(_ name: String) {
        logger().info("m", metadata: [name: "s3cret", "nested": [name: "s3cret"]])
        #expect(lines.all.count == 1)
        #expect(lines.all.allSatisfy { !$0.contains("s3cret") && $0.contains("[redacted]") })
    }

    @Test("shows the names of Kubernetes Secrets")
    func secretNames() {
        logger().info("m", metadata: ["secretName": "tls", "token_namespace": "default"])
        #expect(lines.all.allSatisfy { $0.contains("tls") && $0.contains("default") })
    }

    @Test("is JSON whatever the text is")
    func json() throws {
        let texts = (0..<0x30).map { String(UnicodeScalar(UInt8($0))) } + ["\u{7F}", "é", "\u{2028}", "🐝", "\\u0000"]
        for text in texts { logger().info("\(text)", metadata: [text: "\(text)"]) }
        for (line, text) in zip(lines.all, texts) {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?["message"] == text)
            #expect(object?[text] == text)
            #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
        }
        #expect(lines.all.count == texts.count)
    }
}

@Suite("Calendar time")
struct UTCTimeTests {
    @Test(
        "is that of the proleptic Gregorian calendar",
        arguments: [
            (0, "1970-01-01T00:00:00Z", 4), (951_782_400, "2000-02-29T00:00:00Z", 2), (-1, "1969-12-31T23:59:59Z", 3),
            (4_107_542_399, "2100-02-28T23:59:59Z", 0), (4_107_542_400, "2100-03-01T00:00:00Z", 1),
            (1_795_405_777, "2026-11-23T03:49:37Z", 1),
        ]
    )
    func calendar(_ seconds: Int, _ text: String, _ weekday: Int) {
        let time = UTCTime(secondsSince1970: seconds)
        #expect(time.description == text)
        #expect(time.weekday == weekday)
    }
}
