/// The figures as bars, in SVG that follows the reader's light or dark colours.
struct Plot {
    let results: [Result]

    private static let labelWidth = 170
    private static let barWidth = 400
    private static let rowHeight = 20
    private static let colours = ["#2a78d6", "#8a8a8a", "#b9b9b9", "#d9a441"]

    var svg: String {
        let panels: [(String, String, (Result) -> Double)] = [
            ("CPU time of a 20 KB review", "µs", { $0.cpu(20_000) }),
            ("p99 latency of a 20 KB review", "µs", { $0.latency(20_000, 0.99) }),
            ("Peak resident memory", "MiB", { $0.peakMiB }),
            ("Start to first answer", "ms", { $0.start * 1000 }),
        ]
        var top = 10
        var body = ""
        for (title, unit, figure) in panels {
            body += panel(title, unit, figure, &top)
        }
        let width = Self.labelWidth + Self.barWidth + 110
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(top)" font-family="sans-serif" font-size="13">
            <style>text { fill: #222 } @media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>
            <title>Webhook servers compared; shorter is better</title>
            \(body)</svg>

            """
    }

    private func panel(_ title: String, _ unit: String, _ figure: (Result) -> Double, _ top: inout Int) -> String {
        var text = #"<text x="0" y="\#(top + 14)" font-weight="bold">\#(title)</text>"# + "\n"
        top += 24
        let longest = max(results.map(figure).max() ?? 1, 1e-9)
        for (index, result) in results.enumerated() {
            let value = figure(result)
            let width = max(1, Int(value / longest * Double(Self.barWidth)))
            let colour = Self.colours[index % Self.colours.count]
            let middle = top + 14
            text += """
                <text x="\(Self.labelWidth - 8)" y="\(middle)" text-anchor="end">\(result.name)</text>
                <rect x="\(Self.labelWidth)" y="\(top + 2)" width="\(width)" height="\(Self.rowHeight - 4)" fill="\(colour)"/>
                <text x="\(Self.labelWidth + width + 6)" y="\(middle)">\(Report.text(value)) \(unit)</text>

                """
            top += Self.rowHeight
        }
        top += 12
        return text
    }
}
