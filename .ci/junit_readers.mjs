// Reads a JUnit report with the XML readers that actions and dashboards in JavaScript are built on, and prints what each
// sees as JSON: `{reader: [case]}`, a case as [suite, classname, name, file, line, verdict, type, message, text, output].
//
//     node .ci/junit_readers.mjs FILE
import { readFileSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";
import xmlJs from "xml-js";
import { parseStringPromise } from "xml2js";

const VERDICTS = ["failure", "error", "skipped"];

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

// One case; `attributes` and `text` know the reader's way of writing them.
function seen(suite, testcase, attributes, text) {
  const verdict = VERDICTS.find((name) => testcase[name] !== undefined) ?? null;
  const told = verdict === null ? undefined : list(testcase[verdict])[0];
  const { classname, name, file, line } = attributes(testcase);
  const { type = null, message = null } = told === undefined ? {} : attributes(told);
  const output = list(testcase["system-out"])[0];
  const words = (element) => (element === undefined ? "" : text(element));
  return [attributes(suite).name, classname, name, file, line, verdict, type, message, words(told), words(output)];
}

function cases(root, attributes, text) {
  const suites = list(root.testsuites.testsuite);
  return suites.flatMap((suite) => list(suite.testcase).map((one) => seen(suite, one, attributes, text)));
}

function withFastXmlParser(xml) {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributesGroupName: "$",
    attributeNamePrefix: "",
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
  });
  const text = (element) => (typeof element === "string" ? element : (element["#text"] ?? ""));
  return cases(parser.parse(xml), (element) => element.$ ?? {}, text);
}

function withXmlJs(xml) {
  // Compact, as the readers of reports take it; a text of several CDATA sections is a list.
  const text = (element) => list(element._cdata ?? element._text).join("");
  return cases(xmlJs.xml2js(xml, { compact: true }), (element) => element._attributes ?? {}, text);
}

async function withXml2js(xml) {
  const text = (element) => (typeof element === "string" ? element : (element._ ?? ""));
  return cases(await parseStringPromise(xml), (element) => element.$ ?? {}, text);
}

const xml = readFileSync(process.argv[2], "utf8");
const all = { "fast-xml-parser": withFastXmlParser(xml), "xml-js": withXmlJs(xml), xml2js: await withXml2js(xml) };
process.stdout.write(JSON.stringify(all));
