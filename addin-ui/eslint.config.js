// What the compiler does not see: forgotten promises, rules of hooks, and known traps of Office.js.

import office from "eslint-plugin-office-addins";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.ts"] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["src/**/*.{ts,tsx}"] })),
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "react-hooks": hooks, "office-addins": office },
    rules: {
      ...hooks.configs.recommended.rules,
      "office-addins/no-office-initialize": "error",
      // A number or a list in a text is meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `?.` on what the typings promise and older hosts of Office do not have.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // `AsyncResult<void>` is what Office.js answers.
      "@typescript-eslint/no-invalid-void-type": "off",
      // Names and titles are counted in letters, and cut between them.
      "@typescript-eslint/no-misused-spread": "off",
      // Asking the service is what our effects are for; its answer comes later, never at once.
      "react-hooks/set-state-in-effect": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
    },
  },
);
