// What the text editor of the desk is made of; bin/vendor bundles it into static/vendor. One function for the browser:
// create(options) -> a Tiptap editor with exactly the forms that mail and the cleaning on the server keep. With
// `structured` it has headings and tables too, for articles.

import { Editor, Extension, Mark, Node, callOrReturn, getExtensionField, mergeAttributes } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Code from "@tiptap/extension-code";
import CodeBlock from "@tiptap/extension-code-block";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import Image from "@tiptap/extension-image";
import Italic from "@tiptap/extension-italic";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import Text from "@tiptap/extension-text";
import { Dropcursor, Gapcursor, Placeholder, UndoRedo } from "@tiptap/extensions";
import {
  addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell, tableEditing,
} from "@tiptap/pm/tables";

const ADDRESS = /^(https?:\/\/|mailto:|tel:)/i;

// The official link extension brings a scanner for addresses of its own; the server finds those.
const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (element) => (ADDRESS.test(element.getAttribute("href")) ? null : false) }],
  renderHTML: ({ HTMLAttributes }) => ["a", mergeAttributes(HTMLAttributes, { rel: "noopener noreferrer" }), 0],
  addCommands: () => ({
    setLink:
      (href) =>
      ({ chain, state }) => {
        if (!href) return chain().extendMarkRange("link").unsetMark("link").run();
        if (!ADDRESS.test(href)) return false;
        if (!state.selection.empty) return chain().setMark("link", { href }).run();
        return chain().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
      },
  }),
});

// Ctrl Enter sends: it is no line break here.
const LineBreak = HardBreak.extend({
  addKeyboardShortcuts() {
    return { "Shift-Enter": () => this.editor.commands.setHardBreak() };
  },
});

// A picture stands in the line while it is uploaded, then it gets its address or goes.
const Picture = Image.extend({
  addAttributes: () => ({ src: { default: null }, alt: { default: null } }),
  addCommands() {
    return {
      ...this.parent?.(),
      changePicture:
        (from, to) =>
        ({ tr }) => {
          const places = [];
          tr.doc.descendants((node, at) => {
            if (node.type.name === "image" && node.attrs.src === from) places.push([node, at]);
          });
          for (const [node, at] of places.reverse()) {
            if (to) tr.setNodeMarkup(at, undefined, { ...node.attrs, src: to });
            else tr.delete(at, at + node.nodeSize);
          }
          return true;
        },
    };
  },
}).configure({ inline: true });

// Tables: the parts of ProseMirror's own, with the few commands that articles need. Widths are the browser's affair.
const span = (name) => ({
  default: 1,
  parseHTML: (element) => Math.min(Number.parseInt(element.getAttribute(name) ?? "1", 10) || 1, 100),
  renderHTML: (attributes) => (attributes[name] === 1 ? {} : { [name]: attributes[name] }),
});

const cell = (name, tag, role) =>
  Node.create({
    name,
    content: "block+",
    tableRole: role,
    isolating: true,
    addAttributes: () => ({
      colspan: span("colspan"),
      rowspan: span("rowspan"),
      colwidth: { default: null, rendered: false, parseHTML: () => null },
    }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });

const command = (run) => () => ({ state, dispatch }) => run(state, dispatch);

const Table = Node.create({
  name: "table",
  content: "tableRow+",
  tableRole: "table",
  isolating: true,
  group: "block",
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
  addCommands() {
    return {
      // three rows of three, the first of them headings
      insertTable: () => ({ tr, state, dispatch }) => {
        const { table, tableRow, tableHeader, tableCell } = state.schema.nodes;
        const row = (kind) => tableRow.create(null, Array.from({ length: 3 }, () => kind.createAndFill()));
        const made = table.create(null, [row(tableHeader), row(tableCell), row(tableCell)]);
        const at = tr.selection.from;
        tr.replaceSelectionWith(made);
        if (dispatch) tr.setSelection(state.selection.constructor.near(tr.doc.resolve(Math.min(at + 3, tr.doc.content.size))));
        return true;
      },
      addRowAfter: command(addRowAfter),
      addColumnAfter: command(addColumnAfter),
      deleteRow: command(deleteRow),
      deleteColumn: command(deleteColumn),
      deleteTable: command(deleteTable),
    };
  },
  addKeyboardShortcuts() {
    const go = (way) => () => this.editor.commands.command(({ state, dispatch }) => goToNextCell(way)(state, dispatch));
    return { Tab: go(1), "Shift-Tab": go(-1) };
  },
  addProseMirrorPlugins: () => [tableEditing()],
  extendNodeSchema(extension) {
    const about = { name: extension.name, options: extension.options, storage: extension.storage };
    return { tableRole: callOrReturn(getExtensionField(extension, "tableRole", about)) };
  },
});

const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)*",
  tableRole: "row",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

const STRUCTURE = [
  Heading.configure({ levels: [2, 3] }), Table, TableRow, cell("tableHeader", "th", "header_cell"),
  cell("tableCell", "td", "cell"),
];

const Keys = Extension.create({
  name: "keys",
  addKeyboardShortcuts: () => ({ "Mod-Enter": () => false }),
});

export function create(options) {
  const { element, content, label, describedBy, placeholder, structured, onUpdate, onState, onFiles, onText } = options;
  const files = (data) => [...(data?.files ?? [])];
  const handled = (event, data) => {
    const found = files(data);
    if (!found.length || !onFiles(found)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return new Editor({
    element,
    content,
    injectCSS: false,
    extensions: [
      Document, Paragraph, Text, Bold, Italic, Code, CodeBlock, Blockquote, BulletList, OrderedList, ListItem, ListKeymap,
      ...(structured ? STRUCTURE : []), LineBreak, Link, Picture, UndoRedo, Dropcursor.configure({ color: false, class: "dropcursor" }), Gapcursor, Keys,
      Placeholder.configure({ placeholder, emptyEditorClass: "is-empty", emptyNodeClass: "is-empty" }),
    ],
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label,
        "aria-describedby": describedBy,
        dir: "auto",
        spellcheck: "true",
      },
      handlePaste: (view, event) =>
        handled(event, event.clipboardData) || onText(event.clipboardData?.getData("text/plain") ?? ""),
      handleDrop: (view, event) => handled(event, event.dataTransfer),
    },
    onUpdate,
    onTransaction: onState,
  });
}
