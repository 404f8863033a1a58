/** Does a status satisfy a target group's matcher: `200`, `200,202` or `200-299`? */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from, to] = part.split("-").map(Number);
    return from !== undefined && status >= from && status <= (to ?? from);
  });
}
