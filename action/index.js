// Built from src/action by scripts/bundle.mjs (npm run build:ts); do not edit.
import { fileURLToPath } from "node:url";
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { randomUUID } from "node:crypto";
// src/reports/text.ts
/**
* Controls, and the marks that reorder text: what could move the cursor or make a line read as another one. Also halves
* of characters and what is none, which XML and URIs cannot hold.
*/
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]/gu;
/**
* The text with everything that a terminal would act on written as `\x1b` or `\u202e`, and likewise `##[`, which begins
* a command to the runner of GitHub's actions wherever it stands in a line.
*/
function escapeControls(text) {
	const escape = (character) => {
		const code = character.charCodeAt(0);
		return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
	};
	return text.replace(UNPRINTABLE, escape).replaceAll("##[", "##\\x5b");
}
// src/reports/escape.ts
/**
* The message of a GitHub workflow command, which may have several lines; as `escapeData` of GitHub's toolkit does it
* (actions/toolkit, packages/core/src/command.ts). The lines themselves must have gone through `escapeControls`.
*/
function escapeCommandData(text) {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
// src/rules/finding.ts
/**
* `breaking`: a known consumer uses exactly this event, field or argument, and meets a hard outcome when it runs.
* `likely`: a hard outcome on an exposed event without such a known user, or a known one that does not build any more.
* `possible`: hard only for readers of bytes, arguments, members and numbers of an unexposed event, or a soft outcome that
* scripts notice.
* `safe`: hurts nobody.
*/
const LEVELS = [
	"breaking",
	"likely",
	"possible",
	"safe"
];
// src/action/environment.ts
/** Why the step could not do what it was asked: one line, and what to do about it. */
var ActionError = class extends Error {
	hint;
	constructor(message, options = {}) {
		super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
		this.hint = options.hint;
	}
};
/** An input of action.yml; empty if it was not given. */
function input({ variables }, name) {
	return (variables[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}
/** An input of several lines. */
function inputLines(environment, name) {
	return input(environment, name).split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
function isOn(environment, name) {
	const text = input(environment, name).toLowerCase();
	if (text === "true" || text === "false" || text === "") return text === "true";
	throw new ActionError(`input '${name}' is '${text}', expected true or false`);
}
/** What happened, as the runner has written it down. */
function readPayload({ variables }) {
	const path = variables["GITHUB_EVENT_PATH"];
	if (path === void 0 || path === "") return {};
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new ActionError(`cannot read the event in '${path}'`, { cause: error });
	}
}
/** Sets an output. The delimiter cannot be foreseen, so no value can end before its end. */
function setOutput(environment, name, value) {
	const delimiter = `tpabi_${randomUUID()}`;
	append(environment, "GITHUB_OUTPUT", `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}
/** Adds Markdown to the summary of the job. */
function addSummary(environment, markdown) {
	append(environment, "GITHUB_STEP_SUMMARY", `${markdown}\n`);
}
function append({ variables }, name, text) {
	const path = variables[name];
	if (path !== void 0 && path !== "") appendFileSync(path, text);
}
// src/action/github.ts
/** Marks our comment; invisible in Markdown. */
const MARKER = "<!-- tpabi-check -->";
/** Comments are looked through this far for ours. */
const MAX_PAGES = 30;
const PER_PAGE = 100;
const TIMEOUT_MS = 3e4;
/** The open pull request whose head is a commit; undefined if there is none. */
async function findPullRequest(api, sha) {
	return (await call(api, "GET", inRepository(api, `commits/${encodeURIComponent(sha)}/pulls`))).find(({ state, head }) => state === "open" && head.sha === sha);
}
/**
* Keeps one comment on a pull request up to date. Without text, no comment is made; one that is there says so.
* A token that may not comment, as that of a pull request from a fork, is no failure: `denied`.
*/
async function keepComment(api, pullRequest, text) {
	const body = `${MARKER}\n${text ?? "tpabi: nothing to report any more."}`;
	try {
		const own = await findComment(api, pullRequest);
		if (own !== void 0) {
			if (own.body !== body) await call(api, "PATCH", inRepository(api, `issues/comments/${own.id}`), { body });
			return "updated";
		}
		if (text === void 0) return "none";
		await call(api, "POST", inRepository(api, `issues/${pullRequest}/comments`), { body });
		return "created";
	} catch (error) {
		if (statusOf(error) === 403) return "denied";
		throw error;
	}
}
async function findComment(api, pullRequest) {
	for (let page = 1; page <= MAX_PAGES; page++) {
		const comments = await call(api, "GET", inRepository(api, `issues/${pullRequest}/comments?per_page=${PER_PAGE}&page=${page}`));
		const own = await findOwn(api, comments.filter(({ body }) => body?.startsWith(MARKER)));
		if (own !== void 0 || comments.length < PER_PAGE) return own;
	}
}
/** Anybody can write the marker: ours is that of a bot, as the job's token is one, or of the user whose token was given. */
async function findOwn(api, marked) {
	const own = marked.find(({ user }) => user?.type === "Bot");
	if (own !== void 0 || marked.length === 0) return own;
	const me = await call(api, "GET", "user").catch((error) => {
		if ([
			401,
			403,
			404
		].includes(statusOf(error) ?? 0)) return {};
		throw error;
	});
	return marked.find(({ user }) => user?.login !== void 0 && user.login === me.login);
}
function statusOf(error) {
	return error.status;
}
function inRepository({ repository }, path) {
	return `repos/${repository}/${path}`;
}
async function call(api, method, path, body) {
	if (api.token === "") throw new ActionError("there is no token to ask GitHub with", { hint: "give the input github-token" });
	const response = await fetch(`${api.url}/${path}`, {
		method,
		headers: {
			accept: "application/vnd.github+json",
			authorization: `Bearer ${api.token}`,
			"content-type": "application/json",
			"x-github-api-version": "2022-11-28"
		},
		signal: AbortSignal.timeout(TIMEOUT_MS),
		...body !== void 0 && { body: JSON.stringify(body) }
	}).catch((error) => {
		throw new ActionError(`cannot reach GitHub at ${api.url}`, { cause: error });
	});
	if (response.ok) return response.json();
	const error = new ActionError(`GitHub answered ${response.status} to ${method} ${path.split("?")[0]}`);
	throw Object.assign(error, { status: response.status });
}
// src/action/range.ts
const NO_COMMIT = /^0+$/;
/** `pullRequest` is that of a workflow_run, whose payload has none for forks. */
function commitsOf(environment, payload, pullRequest = payload.pull_request) {
	const found = fromEvent(payload, pullRequest);
	const base = input(environment, "base") || requireId(found.base);
	const head = input(environment, "head") || requireId(found.head ?? "HEAD");
	if (base === "") throw new ActionError("this event does not say what to compare with", { hint: "give the inputs base and head" });
	return {
		base,
		head,
		...pullRequest && { pullRequest }
	};
}
function fromEvent({ merge_group: group, before, after, repository }, pullRequest) {
	if (pullRequest) return {
		base: pullRequest.base.sha,
		head: pullRequest.head.sha
	};
	if (group) return {
		base: group.base_sha,
		head: group.head_sha
	};
	if (before === void 0) return {};
	const isNew = NO_COMMIT.test(before);
	const branch = repository?.default_branch;
	return {
		base: isNew ? branch && `origin/${branch}` : before,
		head: after
	};
}
function requireId(text = "") {
	if (text === "" || text === "HEAD" || /^(?:[0-9a-f]{40}|origin\/[\w./-]+)$/.test(text)) return text;
	throw new ActionError("the event names something that is no commit");
}
// src/action/tool.ts
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
/** The path of the command line. `root` is the directory of the action. */
function findTool({ variables, print }, root, version) {
	if (version !== "") return install(variables["RUNNER_TEMP"] ?? root, version, print);
	const cli = join(root, "dist/cli/main.js");
	if (existsSync(cli) && hasAddon(root)) return cli;
	print("no prebuilt tpabi for this machine in the action: building it, which needs Rust");
	runNpm([
		"ci",
		"--no-audit",
		"--no-fund"
	], root);
	runNpm(["run", "build"], root);
	return cli;
}
function hasAddon(root) {
	const platform = `${process.platform}-${process.arch}`;
	const isThere = (directory, pattern) => existsSync(directory) && readdirSync(directory).some((name) => pattern.test(name));
	return isThere(join(root, "native"), new RegExp(`^tpabi\\.${platform}.*\\.node$`)) || isThere(join(root, "node_modules/@tpabi"), new RegExp(`^native-${platform}`));
}
/** The package brings a prebuilt addon along, or builds one from its own sources where there is none for this machine. */
function install(directory, version, print) {
	if (!VERSION.test(version)) throw new ActionError(`input 'version' is '${version}', expected a version such as 1.2.3`);
	print(`installing tpabi ${version}`);
	const prefix = join(directory, `tpabi-${version}`);
	runNpm([
		"install",
		"--no-audit",
		"--no-fund",
		"--prefix",
		prefix,
		`tpabi@${version}`
	], directory);
	return join(prefix, "node_modules/tpabi/dist/cli/main.js");
}
function runNpm(args, cwd) {
	try {
		execFileSync("npm", args, {
			cwd,
			stdio: [
				"ignore",
				"ignore",
				"inherit"
			]
		});
	} catch (error) {
		throw new ActionError(`npm ${args[0]} failed`, {
			hint: "its output stands above",
			cause: error
		});
	}
}
// src/action/run.ts
/** Runs the step and gives the exit status of the process. */
async function runAction(environment, root) {
	try {
		const commits = await findCommits(environment);
		const files = reportFiles(environment);
		const status = await runCheck(environment, findTool(environment, root, input(environment, "version")), commits, files);
		if (status > 1 || !existsSync(files.json)) throw new ActionError("the check could not run; the reason stands above");
		const report = JSON.parse(readFileSync(files.json, "utf8"));
		tellRunner(environment, report, files, status);
		if (isOn(environment, "comment")) await comment(environment, report, files, commits);
		return status;
	} catch (error) {
		annotate(environment, "error", describe(error));
		setOutput(environment, "result", "error");
		return 2;
	}
}
function annotate({ print }, severity, text) {
	print(`::${severity} title=tpabi::${escapeCommandData(text.split("\n").map(escapeControls).join("\n"))}`);
}
/** What went wrong, and what to do about it on a line of its own. */
function describe(error) {
	const { message, hint } = error;
	return hint === void 0 ? message : `${message}\n${hint}`;
}
/** What to check; the payload of a workflow_run does not say which pull request it was for. */
async function findCommits(environment) {
	const payload = readPayload(environment);
	const sha = payload.workflow_run?.head_sha;
	if (sha === void 0) return mergedCommits(environment, payload) ?? commitsOf(environment, payload);
	return commitsOf(environment, payload, await findPullRequest(apiOf(environment), sha));
}
/**
* A pull request is checked out as the merge of both sides. Comparing that with its first parent needs no history, but its
* commits are not in it.
*/
function mergedCommits(environment, { pull_request: pullRequest }) {
	const isAsked = ["base", "head"].some((name) => input(environment, name) !== "") || isOn(environment, "per-commit");
	if (pullRequest === void 0 || isAsked) return void 0;
	const path = resolve(environment.variables["GITHUB_WORKSPACE"] ?? ".", input(environment, "repository-path"));
	const read = (...args) => execFileSync("git", [
		"-C",
		path,
		...args
	], {
		encoding: "utf8",
		stdio: [
			"ignore",
			"pipe",
			"ignore"
		]
	});
	try {
		const [header = ""] = read("cat-file", "commit", "HEAD").split("\n\n");
		const [base, head, ...others] = [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, id]) => id);
		if (base === void 0 || head !== pullRequest.head.sha || others.length > 0) return void 0;
		return {
			base,
			head: read("rev-parse", "HEAD").trim(),
			pullRequest
		};
	} catch {
		return;
	}
}
function reportFiles(environment) {
	const { RUNNER_TEMP: temporary = tmpdir(), GITHUB_WORKSPACE: workspace = "." } = environment.variables;
	const directory = join(temporary, `tpabi-${process.pid}`);
	mkdirSync(directory, { recursive: true });
	const [sarif, html] = [input(environment, "sarif"), input(environment, "html")];
	return {
		json: join(directory, "report.json"),
		markdown: join(directory, "report.md"),
		comment: join(directory, "comment.md"),
		...sarif !== "" && { sarif: resolve(workspace, sarif) },
		...html !== "" && { html: resolve(workspace, html) }
	};
}
/** Its standard output are annotations, which GitHub reads from ours. */
function runCheck(environment, cli, commits, files) {
	const one = (flag, name) => {
		const value = input(environment, name);
		return value === "" ? [] : [`--${flag}=${value}`];
	};
	const each = (flag) => inputLines(environment, flag).map((value) => `--${flag}=${value}`);
	const args = [
		"check",
		...one("repo", "repository-path"),
		...one("arch", "arch"),
		...one("fail-on", "fail-on"),
		...one("policy", "policy"),
		...one("config-file", "config-file"),
		...each("config"),
		...each("event"),
		...isOn(environment, "per-commit") ? ["--per-commit"] : [],
		...isOn(environment, "fetch") ? ["--fetch"] : [],
		"--format=github",
		...Object.entries(files).map(([format, path]) => `--output=${format}=${path}`),
		"--",
		`${commits.base}..${commits.head}`
	];
	return new Promise((done) => {
		const { GITHUB_WORKSPACE: cwd = "." } = environment.variables;
		execFile(process.execPath, [cli, ...args], {
			cwd,
			maxBuffer: 67108864
		}, (error, out, said) => {
			environment.print(out.trimEnd());
			const code = error?.code;
			const status = error === null ? 0 : typeof code === "number" ? code : 2;
			if (said.trim() !== "") annotate(environment, status > 1 ? "error" : "warning", said.trim());
			done(status);
		}).stdin?.end();
	});
}
function tellRunner(environment, report, files, status) {
	setOutput(environment, "result", status === 0 ? "pass" : "fail");
	for (const level of LEVELS) setOutput(environment, level, String(report.summary.levels[level]));
	const { json, comment: _, ...others } = files;
	setOutput(environment, "report", json);
	for (const [format, path] of Object.entries(others)) setOutput(environment, format, path);
	addSummary(environment, readFileSync(files.markdown, "utf8"));
}
/** A comment that cannot be made is told, and changes nothing of the result. */
async function comment(environment, report, files, { pullRequest }) {
	if (pullRequest === void 0) {
		environment.print("no comment: this event has no open pull request");
		return;
	}
	const text = report.findings.every(({ level }) => level === "safe") ? void 0 : readFileSync(files.comment, "utf8");
	try {
		if (await keepComment(apiOf(environment), pullRequest.number, text) === "denied") annotate(environment, "notice", "no comment: the token may not write, as for pull requests from forks");
	} catch (error) {
		annotate(environment, "warning", `no comment: ${describe(error)}`);
	}
}
function apiOf(environment) {
	const { GITHUB_API_URL: url = "https://api.github.com", GITHUB_REPOSITORY: repository = "" } = environment.variables;
	return {
		url,
		repository,
		token: input(environment, "github-token")
	};
}
// src/action/main.ts
const root = fileURLToPath(new URL("..", import.meta.url));
process.exitCode = await runAction({
	variables: process.env,
	print: (text) => process.stdout.write(`${text}\n`)
}, root);
export {};
